"""Ways in which an answer can be spoilt, each drawn from a seeded generator."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections.abc import Callable
from typing import Any

from publishers.containers import Cell, packed
from publishers.samples import Sample

TOKENS = (
    "", ".", "..", "null", "NULL", "NA", "N/A", "#N/A", "NaN", "nan", "inf", "-Infinity", "1e999",
    "1,234.5", "1 234", "1_000", "0x10", "-0", "0", "00", "1871.1", "1871.13", "9999-12-31",
    "2099-01-01", "2026-02-30", "1/2/2026", "2026-01-01T00:00:00", "0000-00-00", "true", "ND",
    "<html><body>down</body></html>", '"', "'", "\ufeff", "\u0000", "\u202e", "\x1b[31m", "１２３",
    "1\n2", "😀", "a" * 50, "(1.5)", "1.5%", "$1.5", "−1.5",
)  # fmt: skip
MISSING = ("", ".", "null", "NA", "N/A", "..", "-", "None", "NaN")
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e308, 10**400, [], {}, [[]], {"a": 1}, "", "null", ".", "x", "1,5",
)  # fmt: skip
WRAPPERS: tuple[Callable[[bytes], bytes], ...] = (
    lambda body: b"\xef\xbb\xbf" + body,
    lambda body: body.replace(b"\n", b"\r\n"),
    lambda body: body.replace(b"\n", b"\r"),
    lambda body: body + b"\n\n\n",
    lambda body: body.replace(b"e", b"\xe9"),
    lambda body: body.decode("latin-1").encode("utf-16"),
    lambda _: b"<!DOCTYPE html><html><body>Service Unavailable</body></html>",
    lambda _: b'{"error_code":400,"error_message":"Bad Request."}',
    lambda _: b'{"error":"Invalid Query Param","message":"no such field"}',
    lambda _: b"",
    lambda _: b"   \n",
    lambda _: b"[" * 5000,
    lambda _: b'{"a":' * 3000,
    lambda body: body * 2,
    lambda body: body[::-1],
)


def flipped(body: bytes, dice: random.Random) -> bytes:
    spoilt = bytearray(body)
    for _ in range(dice.choice((1, 1, 2, 4, 16))):
        spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
    return bytes(spoilt)


def cut(body: bytes, dice: random.Random) -> bytes:
    return body[: dice.randrange(len(body))]


def moved(body: bytes, dice: random.Random) -> bytes:
    """A piece left out, written twice, or put elsewhere."""
    start = dice.randrange(len(body))
    end = min(len(body), start + dice.choice((1, 3, 20, 200)))
    piece, rest = body[start:end], body[:start] + body[end:]
    at = dice.randrange(len(rest) + 1)
    return dice.choice((rest, body[:end] + piece + body[end:], rest[:at] + piece + rest[at:]))


def retold(body: bytes, dice: random.Random) -> bytes:
    """A number or word of the text replaced by another token."""
    found = list(re.finditer(rb"[A-Za-z0-9_.\-]+", body))
    if not found:
        return body
    place = dice.choice(found)
    token = dice.choice(TOKENS).encode("utf-8", "surrogatepass")
    return body[: place.start()] + token + body[place.end() :]


def wrapped(body: bytes, dice: random.Random) -> bytes:
    return dice.choice(WRAPPERS)(body)


def _table(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode())))


def _written(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8", "surrogatepass")


def shuffled(body: bytes, dice: random.Random) -> bytes:
    """Columns in another order, in the header alone or throughout; a column lost; rows mixed."""
    rows = _table(body)
    order = list(range(len(rows[0])))
    way = dice.randrange(5)
    if way == 0:
        dice.shuffle(order)
        rows = [[row[at] for at in order] for row in rows]
    elif way == 1:
        dice.shuffle(rows[0])
    elif way == 2:
        lost = dice.choice(order)
        rows = [[cell for at, cell in enumerate(row) if at != lost] for row in rows]
    elif way == 3:
        body_rows = rows[1:]
        dice.shuffle(body_rows)
        rows = [rows[0], *body_rows]
    else:
        rows.insert(dice.randrange(1, len(rows) + 1), list(dice.choice(rows)))
    return _written(rows)


def recast(body: bytes, dice: random.Random) -> bytes:
    """A cell of a table replaced."""
    rows = _table(body)
    row = dice.choice(rows)
    row[dice.randrange(len(row))] = dice.choice(TOKENS)
    return _written(rows)


def _nodes(found: Any) -> list[tuple[Any, Any]]:
    places: list[tuple[Any, Any]] = []
    stack = [found]
    while stack:
        inner = stack.pop()
        keys = inner if isinstance(inner, dict) else range(len(inner))
        for key in keys:
            places.append((inner, key))
            if isinstance(inner[key], dict | list):
                stack.append(inner[key])
    return places


def restructured(body: bytes, dice: random.Random) -> bytes:
    """A node of a JSON answer replaced, lost, renamed or repeated."""
    found = json.loads(body)
    places = _nodes(found)
    for _ in range(dice.choice((1, 1, 3))):
        inner, key = dice.choice(places)
        if isinstance(inner, dict) and key not in inner:
            continue
        if isinstance(inner, list) and not (isinstance(key, int) and key < len(inner)):
            continue
        way = dice.randrange(4)
        if way == 0:
            inner[key] = dice.choice(ODD)
        elif way == 1:
            inner[key] = dice.choice(TOKENS)
        elif way == 2:
            del inner[key]
        elif isinstance(inner, dict):
            inner[f"{key}_x"] = inner.pop(key)
        else:
            inner.append(inner[key])
    return json.dumps(found).encode("utf-8", "surrogatepass")


def rewritten(sample: Sample, dice: random.Random) -> bytes:
    """A workbook with a cell, a row or a column that is not what it was."""
    rows: list[list[Cell]] = [list(row) for row in sample.rows]
    way = dice.randrange(4)
    if way < 2:
        row = dice.choice(rows)
        plain = [token for token in TOKENS if token.isascii() and token.isprintable()]
        odd: Cell = dice.choice([*plain, None, 0.0, -1.0, 1e308, 1871.1, 1871.13, 2958465.0])
        row[dice.randrange(len(row))] = odd
    elif way == 2:
        rows.insert(dice.randrange(len(rows)), list(dice.choice(rows)))
    else:
        lost = dice.randrange(max(map(len, rows)))
        rows = [[cell for at, cell in enumerate(row) if at != lost] for row in rows]
    return sample.write(rows)


def spoilt(sample: Sample, dice: random.Random) -> bytes:
    """One spoilt body of a layout."""
    common = (flipped, cut, moved, retold, wrapped)
    if sample.kind == "rows":
        if dice.random() < 0.5:
            return rewritten(sample, dice)
        return dice.choice((flipped, cut, moved))(sample.body, dice)
    if sample.kind == "zip":
        inner = b"Q,US,Q:US:P:A:C,1.5\n"
        way = dice.randrange(4)
        if way == 0:
            return packed({"a.csv": flipped(inner * 3, dice), "b.csv": inner})
        if way == 1:
            return packed({"WS.csv": retold(b"FREQ,Series,1947-Q4\n" + inner[:2], dice)})
        return dice.choice((flipped, cut, moved))(sample.body, dice)
    own = (shuffled, recast) if sample.kind == "csv" else (restructured, restructured)
    return dice.choice((*common, *own))(sample.body, dice)


def with_gap(sample: Sample, dice: random.Random) -> bytes:
    """The body with one of its figures replaced by a mark for "no figure"."""
    if sample.kind == "rows":
        rows: list[list[Cell]] = [list(row) for row in sample.rows]
        places = [
            (at, column)
            for at, row in enumerate(rows)
            for column, cell in enumerate(row)
            if column and isinstance(cell, float | int)
        ]
        at, column = dice.choice(places)
        rows[at][column] = dice.choice((None, "", "NA", "."))
        return sample.write(rows)
    found = list(re.finditer(rb'(?<=[,":\[ ])-?\d+(?:\.\d+)?(?=["\],}\n])', sample.body))
    place = dice.choice(found)
    mark = dice.choice(MISSING).encode()
    if sample.kind == "json" and sample.body[place.start() - 1 : place.start()] != b'"':
        mark = b"null"
    return sample.body[: place.start()] + mark + sample.body[place.end() :]
