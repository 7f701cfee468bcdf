"""Keys: held so that no print, log or error shows them."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

__all__ = ["Censor", "Secret"]

_HIDDEN = "***"
# Loggers of the HTTP library; a filter of a logger does not reach those below it.
_TALKATIVE = (
    "httpx2",
    "httpcore2",
    "httpcore2.connection",
    "httpcore2.http11",
    "httpcore2.http2",
    "httpcore2.proxy",
    "httpcore2.socks",
)


class Secret:
    """A text that shows itself only where `reveal` is called."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one place that sends it."""
        return self._text

    def __repr__(self) -> str:
        return f"Secret({_HIDDEN})"

    def __str__(self) -> str:
        return _HIDDEN

    def __reduce__(self) -> tuple[type[Secret], tuple[str]]:
        """Copies and pickles of a secret hold no secret."""
        return Secret, (_HIDDEN,)


class Censor(logging.Filter):
    """Takes secrets out of texts, and out of what the HTTP library logs.

    No URL with a key reaches the library's own log lines at the usual levels; at the level of
    debugging it writes the headers of answers, and a server may repeat a key in them.
    """

    def __init__(self, secrets: Iterable[Secret]) -> None:
        super().__init__()
        found = {
            form
            for secret in secrets
            for text in (secret.reveal(),)
            for form in (text, quote(text, safe=""), quote_plus(text))
            if form
        }
        # Longest first, so that no part of a key is left where one key begins another.
        self._forms = tuple(sorted(found, key=len, reverse=True))

    def __repr__(self) -> str:
        return f"Censor({len(self._forms)})"

    def clean(self, text: str) -> str:
        """The text without secrets."""
        for form in self._forms:
            text = text.replace(form, _HIDDEN)
        return text

    def touches(self, data: bytes) -> bool:
        """Whether a secret stands in these bytes."""
        return any(form.encode() in data for form in self._forms)

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, without secrets."""
        said = record.getMessage()
        cleaned = self.clean(said)
        if cleaned != said:
            record.msg, record.args = cleaned, ()
        return True

    def attach(self) -> None:
        """Listen in on the HTTP library's loggers."""
        for name in _TALKATIVE:
            logging.getLogger(name).addFilter(self)

    def detach(self) -> None:
        """Stop listening."""
        for name in _TALKATIVE:
            logging.getLogger(name).removeFilter(self)
