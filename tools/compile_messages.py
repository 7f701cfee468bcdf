"""Compile the message catalogues and check that both languages say the same things.

``python tools/compile_messages.py`` writes a .mo beside each .po; with ``--check`` it writes
nothing and fails where a .mo is not current. The same .po gives the same bytes: no clock and no
version of a tool enters.
"""

from __future__ import annotations

import io
import re
import string
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parents[1] / "src" / "debtcycle" / "i18n" / "locale"
LANGUAGES = ("en", "zh")


class _Plain(Catalog):
    """A catalogue whose header is only what reading it needs."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """The header of every compiled catalogue."""
        return [
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ]


def read_texts(path: Path) -> dict[str, str]:
    """Text by message id of one .po.

    Raises
    ------
    ValueError
        If an id stands twice or has no text.
    """
    with path.open("rb") as handle:
        catalogue = read_po(handle, abort_invalid=True)
    texts: dict[str, str] = {}
    for message in catalogue:
        if not message.id:
            continue
        key, text = str(message.id), str(message.string)
        if not text.strip() or message.fuzzy:
            raise ValueError(f"{path}: {key} has no text")
        texts[key] = text
    written = len(re.findall(r'^msgid ".+"$', path.read_text(encoding="utf-8"), re.MULTILINE))
    if written != len(texts):
        raise ValueError(f"{path}: {written - len(texts)} ids stand twice")
    return texts


def placeholders(text: str) -> frozenset[str]:
    """Names in braces."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def compiled(texts: dict[str, str]) -> bytes:
    """The bytes of a .mo."""
    catalogue = _Plain()
    for key in sorted(texts):
        catalogue.add(key, texts[key])
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def differences(one: dict[str, str], other: dict[str, str], domain: str) -> list[str]:
    """What one language has and the other has not."""
    found = [f"{domain}: {key} is in one language only" for key in sorted(one.keys() ^ other)]
    found += [
        f"{domain}: {key} has other placeholders in the other language"
        for key in sorted(one.keys() & other)
        if placeholders(one[key]) != placeholders(other[key])
    ]
    return found


def main(locale: Path = LOCALE, *, check: bool = False) -> list[str]:
    """Compile all catalogues under a folder; the faults found."""
    folders = {lang: locale / lang / "LC_MESSAGES" for lang in LANGUAGES}
    domains = sorted({path.stem for folder in folders.values() for path in folder.glob("*.po")})
    faults: list[str] = []
    for domain in domains:
        paths = {lang: folder / f"{domain}.po" for lang, folder in folders.items()}
        missing = [str(path) for path in paths.values() if not path.is_file()]
        if missing:
            faults += [f"{path}: missing" for path in missing]
            continue
        try:
            texts = {lang: read_texts(path) for lang, path in paths.items()}
        except ValueError as error:
            faults.append(str(error))
            continue
        faults += differences(texts["en"], texts["zh"], domain)
        for lang, path in paths.items():
            target, made = path.with_suffix(".mo"), compiled(texts[lang])
            if not check:
                target.write_bytes(made)
            elif not target.is_file() or target.read_bytes() != made:
                faults.append(f"{target}: not current; run `make messages`")
    return faults


if __name__ == "__main__":
    found = main(check="--check" in sys.argv[1:])
    for fault in found:
        print(fault, file=sys.stderr)
    sys.exit(bool(found))
