#!/bin/sh
# Everything that can be told without running the code, except types.
set -u
cd "$(dirname "$0")/.."
bin=$(pwd)/.venv/bin
status=0

"$bin/ruff" check --quiet || status=1
"$bin/ruff" format --quiet --check || { echo "Run make fmt."; status=1; }
"$bin/lint-imports" --no-logo || status=1
"$bin/python" tools/lint.py || status=1
"$bin/codespell" --ignore-words-list ro,caf,dependant,mian,brunches,oter --skip '*.png,*.svg,*.json,*.tsv,*cache*' ./*.md backend bench changes deploy docs \
    gitleague-client tools || status=1
exit $status
