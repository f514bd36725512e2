"""The command line as ``python -m homicide_trends``."""

from .cli import main

if __name__ == "__main__":
    main()
