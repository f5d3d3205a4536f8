"""Runs the command line as `python -m groma`."""

from groma.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
