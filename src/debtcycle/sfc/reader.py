"""Reading a model file.

One declaration a line; an indented line goes on with the one above; ``#`` starts a comment. ::

    model PC "Government money with portfolio choice"
    source "Godley and Lavoie (2007), chapter 4"
    text "What happens to wealth when ..."
    unit money
    sector households, production, government, central_bank
    parameter alpha1 = 0.6 [1] "propensity to consume out of income"
    variable Y = 0 [money] "income"
    stock bills: households Bh, central_bank Bcb, government -Bs
    stock real capital: firms K
    stock bonds price pb: households BLh, government -BLs
    revaluation bonds: households CG, government -CG
    flow consumption: households -> production: C
    equation Y = C + G "income is what is spent"
    market bonds: pb clears Bd = Bs
    primitive demand(pG, pR, W) -> dG, dR
    redundant Hh = Hs

What stands after a variable's ``=`` is its value before the first period. Flows of one name make
one row of the transaction-flow matrix. ``flow f: a -> b: PAID ~ RECEIVED`` gives both ends a
figure of their own; the difference is an error of the accounts.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from debtcycle.errors import ModelError
from debtcycle.sfc.declarations import DECLARATIONS, Declaration
from debtcycle.sfc.grammar import MAX_TOKENS, Token, fault, tokens, unexpected
from debtcycle.sfc.initial import check_initial
from debtcycle.sfc.model import Model
from debtcycle.sfc.units import check_units

__all__ = ["MAX_BYTES", "read", "read_file", "read_model"]

MAX_BYTES = 500_000
MAX_LINES = 10_000

# What an editor counts as the end of a line; other separators would hide a declaration.
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(slots=True)
class _Line:
    """A declaration with the lines that go on with it.

    Attributes
    ----------
    pieces : list of str
    places : list of (line, column)
        Where each piece begins.
    """

    pieces: list[str]
    places: list[tuple[int, int]]

    def tokens(self) -> list[Token]:
        starts, at = [], 0
        for piece in self.pieces:
            starts.append(at)
            at += len(piece) + 1

        def place(position: int) -> tuple[int, int]:
            number = bisect_right(starts, position) - 1
            line, column = self.places[number]
            return line, column + position - starts[number]

        found = []
        for item in tokens(" ".join(self.pieces), places=place):
            found.append(item)
            if len(found) > MAX_TOKENS:
                raise fault("model.long", item.line, item.column, limit=MAX_TOKENS)
        return found


def _logical_lines(text: str) -> list[_Line]:
    """Lines without comments, continued lines with the one they continue."""
    found: list[_Line] = []
    quoted = False
    lines = _LINE_END.split(text)
    if len(lines) > MAX_LINES:
        raise ModelError("model.size", size=len(lines), limit=MAX_LINES)
    for number, raw in enumerate(lines, start=1):
        goes_on = bool(found) and (quoted or raw[:1] in (" ", "\t"))
        line, still = _without_comment(raw, goes_on and quoted)
        line = line.rstrip()
        if not line.strip():
            continue
        quoted = still
        indent = len(line) - len(line.lstrip())
        if goes_on:
            found[-1].pieces.append(line.strip())
            found[-1].places.append((number, indent + 1))
        else:
            found.append(_Line([line.strip()], [(number, indent + 1)]))
    return found


def _without_comment(line: str, quoted: bool) -> tuple[str, bool]:
    """A line up to its comment, and whether a quotation is still open at its end."""
    if "#" not in line:
        return line, quoted ^ (line.count('"') % 2 == 1)
    for position, character in enumerate(line):
        quoted ^= character == '"'
        if character == "#" and not quoted:
            return line[:position], quoted
    return line, quoted


def read_model(text: str, name: str = "model") -> Model:
    """Parse and check the text of a model.

    Raises
    ------
    ModelError
        With line and column where the text is at fault: an unknown name, a flow with one end, a
        stock without an issuer, a unit that clashes, and so on.
    """
    if len(text) > MAX_BYTES:
        raise ModelError("model.size", size=len(text), limit=MAX_BYTES)
    model = Model(name)
    pending: list[Callable[[], None]] = []
    for line in _logical_lines(text):
        items = line.tokens()
        word, rest = items[0], items[1:]
        read_one = DECLARATIONS.get(word.text)
        if read_one is None:
            raise fault("model.declaration", word.line, word.column, word=word.text[:40])
        description = ""
        if rest and rest[-1].kind == "string":
            description = rest.pop().text[1:-1]
        stray = next((item for item in rest if item.kind == "string"), None)
        if stray is not None:
            raise unexpected(stray.line, stray.column, "end", stray.text[:40])
        read_one(Declaration(model, word, rest, description, pending))
    for check in pending:
        check()
    if not model.variables:
        raise fault("model.empty", 1, 1)
    check_initial(model)
    check_units(model)
    return model


def read_file(path: str | Path) -> Model:
    """Read a model file.

    Raises
    ------
    ModelError
        ``model.file`` if it cannot be read, ``model.encoding`` if it is not text in UTF-8, and
        what `read_model` raises.
    """
    place = Path(path)
    try:
        with place.open("rb") as handle:
            raw = handle.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise ModelError("model.size", size=place.stat().st_size, limit=MAX_BYTES)
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ModelError("model.encoding", path=str(path)[:200], byte=error.start + 1) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ModelError("model.file", path=str(path)[:200], reason=reason) from error
    return read_model(text, place.stem)


def read(source: str | Path) -> Model:
    """Read a model from its text or from a file.

    A string is text if it holds more than one line, else the path of a file.

    Raises
    ------
    ModelError
        As `read_model` and `read_file`.
    """
    if isinstance(source, str) and "\n" in source.strip():
        return read_model(source)
    return read_file(source)
