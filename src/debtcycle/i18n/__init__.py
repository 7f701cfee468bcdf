"""All prose, in English and Chinese: message ids with parameters become sentences here.

The catalogues are gettext files, one domain per subject, in ``locale/LANG/LC_MESSAGES``. Every
text, the English too, is looked up by its id, so that both languages stand on the same footing
and a missing text is noticed.
"""

from __future__ import annotations

import gettext
from functools import lru_cache
from importlib.resources import files

__all__ = ["LANGUAGES", "Translator", "translator"]

LANGUAGES = ("en", "zh")


class Translator:
    """Texts of one language.

    Parameters
    ----------
    lang : {"en", "zh"}
    texts : dict of str to str
        Text by message id, with ``str.format`` placeholders.
    """

    def __init__(self, lang: str, texts: dict[str, str]) -> None:
        self.lang = lang
        self._texts = texts

    def __call__(self, message_id: str, **params: object) -> str:
        """The text of an id with its placeholders filled.

        Raises
        ------
        KeyError
            If the language lacks the text: a fault of the package that its tests exclude.
        """
        text = self._texts[message_id]
        return text.format(**params) if params else text

    def __contains__(self, message_id: object) -> bool:
        return message_id in self._texts

    def ids(self) -> tuple[str, ...]:
        """All message ids, in alphabetical order."""
        return tuple(sorted(self._texts))


@lru_cache(maxsize=len(LANGUAGES))
def translator(lang: str) -> Translator:
    """Texts of a language, read once from the compiled catalogues."""
    folder = files("debtcycle.i18n") / "locale" / lang / "LC_MESSAGES"
    texts: dict[str, str] = {}
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".mo"):
            with entry.open("rb") as handle:
                catalogue = gettext.GNUTranslations(handle)
            # The standard library has no other way to list what a catalogue holds.
            held: dict[str, str] = catalogue._catalog  # type: ignore[attr-defined]  # noqa: SLF001
            texts.update({key: text for key, text in held.items() if key})
    return Translator(lang, texts)
