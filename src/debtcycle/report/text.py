"""The report as text for a terminal: colour where it is wanted, never wider than asked."""

from __future__ import annotations

import io

from rich.console import Console
from rich.text import Text

from debtcycle.report.document import Block, Bullets, Document, Drawing, Para, Section, Table
from debtcycle.report.layout import table_lines
from debtcycle.report.plain import cell_width, wrapped

__all__ = ["MAX_WIDTH", "MIN_WIDTH", "render_text"]

MIN_WIDTH, MAX_WIDTH = 80, 120
_TONES = {"plain": "", "lead": "bold", "dim": "dim", "warn": "yellow"}
# Marks of the drawings and their colours.
_MARKS = {"█": "red", "▓": "cyan", "●": "bold red", "○": "cyan", "◆": "bold magenta"}


def _line(console: Console, text: str, style: str = "") -> None:
    # Nothing to paint and nothing to fold: the line as it is, at a tenth of the time.
    if console.color_system is None and cell_width(text) <= console.width:
        console.file.write(f"{text}\n")
        return
    console.print(Text(text, style=style, no_wrap=True, overflow="ignore"), crop=False)


def _table(console: Console, block: Table) -> None:
    if block.title:
        _line(console, block.title, "bold")
    head, body = table_lines(block, console.width)
    for line in head:
        _line(console, line, "bold")
    for line in body:
        _line(console, line)
    console.print()


def _print(console: Console, block: Block) -> None:
    if isinstance(block, Para):
        for line in wrapped(block.text, console.width):
            _line(console, line, _TONES[block.tone])
        console.print()
    elif isinstance(block, Bullets):
        for item in block.items:
            for number, line in enumerate(wrapped(item, console.width - 3)):
                mark = "   " if number else " • "
                _line(console, mark + line)
        console.print()
    elif isinstance(block, Table):
        _table(console, block)
    else:
        _draw(console, block)


def _draw(console: Console, block: Drawing) -> None:
    if block.title:
        console.print(Text(block.title, style="bold"))
    for line in block.lines:
        text = Text(line, no_wrap=True, overflow="ignore")
        for mark, style in _MARKS.items():
            text.highlight_words([mark], style)
        console.print(text, crop=False)
    console.print()


def _section(console: Console, section: Section) -> None:
    console.rule(Text(section.title, style="bold"), align="left", characters="─")
    console.print()
    for block in section.blocks:
        _print(console, block)


def render_text(document: Document, *, width: int = 100, colour: bool = False) -> str:
    """The document as text.

    Parameters
    ----------
    width : int
        Columns, kept between `MIN_WIDTH` and `MAX_WIDTH`.
    colour : bool
        Whether escape sequences for colour are written.
    """
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=max(MIN_WIDTH, min(MAX_WIDTH, width)),
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        highlight=False,
        emoji=False,
        markup=False,
        legacy_windows=False,
    )
    console.print(Text(document.title, style="bold"))
    console.print()
    for section in document.sections:
        _section(console, section)
    lines = (line.rstrip() for line in stream.getvalue().splitlines())
    return "\n".join(lines).rstrip() + "\n"
