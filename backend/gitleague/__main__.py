"""`python -m gitleague`"""

from gitleague.cli import main

if __name__ == "__main__":
    main()
