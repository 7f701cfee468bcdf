"""`python -m debtcycle`."""

from __future__ import annotations

from debtcycle.cli.main import main

if __name__ == "__main__":
    main()
