"""Every error that the package raises, as one tree.

::

    DebtcycleError
    ├── SourceError          a file or a publisher's answer cannot be read
    │   └── SchemaChanged    it can be read, but it is not what it was
    ├── StoreError           the store is missing, broken, locked or from another version
    ├── LookAheadError       something asked for figures that were not known yet
    ├── ModelError           a model is ill-formed or does not solve
    └── ConfigError          a series, an option or a setting is not known

Errors carry a message id and parameters; the prose lives in the message catalogues (`i18n`), so
that a face can say it in the reader's language.
"""

from __future__ import annotations

__all__ = [
    "ConfigError",
    "DebtcycleError",
    "LookAheadError",
    "ModelError",
    "SchemaChanged",
    "SourceError",
    "StoreError",
]


class DebtcycleError(Exception):
    """Base of all errors of the package.

    Parameters
    ----------
    message_id : str
        Key of the text in the message catalogues, e.g. ``"store.locked"``.
    **params : object
        Values for the placeholders of that text.
    """

    exit_code = 1

    def __init__(self, message_id: str, **params: object) -> None:
        self.message_id = message_id
        self.params = params
        super().__init__(message_id)

    def __str__(self) -> str:
        """Message id and parameters: readable without a catalogue, e.g. in a log."""
        if not self.params:
            return self.message_id
        shown = ", ".join(f"{key}={value}" for key, value in self.params.items())
        return f"{self.message_id} ({shown})"


class SourceError(DebtcycleError):
    """A file or a publisher's answer cannot be read."""

    exit_code = 3


class SchemaChanged(SourceError):
    """A file can be read, but its columns, units or dates are not those known."""


class StoreError(DebtcycleError):
    """The store is missing, broken, locked, full, read-only or of another version."""

    exit_code = 5


class LookAheadError(DebtcycleError):
    """Something asked for figures that were not known at the date of the view."""

    exit_code = 2


class ModelError(DebtcycleError):
    """A model is ill-formed or does not solve."""

    exit_code = 6


class ConfigError(DebtcycleError):
    """A series, an option, a date or a setting is not known."""

    exit_code = 2
