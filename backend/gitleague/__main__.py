"""`python -m gitleague`"""

from gitleague.cli.door import main

if __name__ == "__main__":
    main()
