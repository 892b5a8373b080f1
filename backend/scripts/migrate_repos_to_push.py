"""The operators' name for `gitleague migrate`: lets repositories be pushed instead of pulled."""

import sys

from gitleague.cli.door import main

main(["migrate", *sys.argv[1:]])
