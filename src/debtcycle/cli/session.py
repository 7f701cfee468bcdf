"""What holds for one call of the command line: language, store, and today."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from debtcycle.errors import ConfigError, StoreError
from debtcycle.i18n import LANGUAGES, Translator, translator

if TYPE_CHECKING:
    from debtcycle.store import Store
    from debtcycle.views import View

__all__ = ["Session", "session_of", "today"]

MOST_NAMED = 3


def today() -> date:
    """The calendar day, UTC: the one clock of the command line."""
    return datetime.now(UTC).date()


def _environment_language() -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def _asked_language(argv: Sequence[str]) -> str | None:
    """The language asked for anywhere on the line, so that even a usage error is said in it."""
    found = None
    for number, word in enumerate(argv):
        value = word.partition("=")[2] if word.startswith("--lang=") else None
        if word == "--lang" and number + 1 < len(argv):
            value = argv[number + 1]
        if value in LANGUAGES:
            found = value
    return found


@dataclass(slots=True)
class Session:
    """Options that every command understands.

    Attributes
    ----------
    store : Path or None
        The store named with ``--store``; the user's own if None.
    """

    lang: str = "en"
    store: Path | None = None
    debug: bool = False

    @classmethod
    def of(cls, argv: Sequence[str]) -> Session:
        """The session of a command line, before it is parsed."""
        lang = _asked_language(argv) or _environment_language()
        return cls(lang=lang, debug="--debug" in argv)

    @property
    def texts(self) -> Translator:
        """Texts in the language of the session."""
        return translator(self.lang)

    def open_store(self) -> Store:
        """The store, made from the shipped figures at first use.

        Raises
        ------
        StoreError
            If it cannot be made or opened.
        """
        from debtcycle.reference import open_store
        from debtcycle.store import default_path

        path = default_path() if self.store is None else self.store
        try:
            return open_store(path)
        except OSError as error:
            raise StoreError("store.unreadable", path=path) from error

    def held_back(self, store: Store, message_id: str) -> str:
        """How many series have figures kept apart, and the first of them; "" where none has."""
        names = sorted({line.series for line in store.quarantine()})
        if not names:
            return ""
        shown = self.texts("list.comma").join(names[:MOST_NAMED])
        shown += " ..." if len(names) > MOST_NAMED else ""
        return self.texts(message_id, count=len(names), names=shown)

    def view(self, as_of: date | None = None) -> View:
        """What was known on a day, today by default."""
        from debtcycle.views import View

        return View(as_of=today() if as_of is None else as_of, store=self.open_store())

    def day(self, text: str | None) -> date | None:
        """The day of ``--as-of``, checked; None if none was given.

        Raises
        ------
        ConfigError
            ``date.malformed``, ``date.early`` or ``date.future``.
        """
        if text is None:
            return None
        from debtcycle.views import EARLIEST, parse_day

        found = parse_day(text)
        if found < EARLIEST:
            raise ConfigError("date.early", date=found, earliest=EARLIEST)
        if found > today():
            raise ConfigError("date.future", date=found, newest=today())
        return found


def session_of(context: click.Context) -> Session:
    """The session of a running command."""
    found = context.find_object(Session)
    return Session() if found is None else found
