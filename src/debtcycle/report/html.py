"""The report as one page that needs nothing else: styles and pictures inside, no script.

The page is built from the same document as the text; where the text draws with characters, the
page has the charts. Everything but the pictures passes through the template's escaping, and the
pictures escape their own texts, so that a name out of a file cannot become markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from debtcycle import __version__
from debtcycle.charts import Spec, caption_of, render_svg
from debtcycle.cycle.judgement import Judgement
from debtcycle.cycle.record import record_rows
from debtcycle.i18n import translator
from debtcycle.report.build import build
from debtcycle.report.document import Block, Document, Drawing, Para, Section, Table
from debtcycle.report.figures import chart_specs
from debtcycle.report.words import Words
from debtcycle.views import View

__all__ = ["PLACES", "render_html", "render_page"]

# Where the charts stand: section by section, in this order.
PLACES: Mapping[str, tuple[str, ...]] = {
    "opening": ("map", "axes"),
    "axes": ("inputs",),
    "policy": ("policy",),
    "bubble": ("gauges",),
    "explosive": ("explosive",),
    "attractiveness": ("ledger",),
    "debt": ("debt",),
    "crises": ("odds",),
    "events": ("events",),
    "record": ("timeline",),
}
# Sections that are long and rarely read whole start folded.
_FOLDED = frozenset({"claims", "notes"})
_WIDTH = re.compile(r'^<svg [^>]*?\bwidth="([\d.]+)"')
_BARS = frozenset("█▓▒░· │")
_UNIT = re.compile(r"(?<=\d) (?=(?:pp|bp|bn)\b)")
# Commands between grave accents; days, months and quarters, within which no line may end.
_MARKED = re.compile(
    r"`(?P<command>[^`]+)`|(?<![\w-])\d{4}-(?:\d{2}(?:-\d{2})?|Q\d)(?![\w-])", re.ASCII
)
_HTML_LANG = {"en": "en", "zh": "zh-Hans"}


@dataclass(frozen=True, slots=True)
class _Chart:
    name: str
    title: str
    sources: str
    svg: Markup
    width: int


@dataclass(frozen=True, slots=True)
class _Part:
    """A block of words, or charts."""

    kind: str
    block: Block | None = None
    charts: tuple[_Chart, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a table; kind is ``group``, ``sub``, ``under`` or nothing."""

    kind: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Shown:
    """A section as the page shows it."""

    key: str
    title: str
    first: bool
    open: bool
    parts: tuple[_Part, ...]


def _resource(name: str) -> str:
    return (files("debtcycle.report") / "templates" / name).read_text(encoding="utf-8")


def _marked(text: str) -> Markup:
    """A text, escaped, whose dates are kept whole and whose commands are set as such."""
    # No line ends between a number and its unit either.
    text = _UNIT.sub("\u00a0", text)
    parts, end = [], 0
    for found in _MARKED.finditer(text):
        parts.append(escape(text[end : found.start()]))
        if found["command"] is None:
            parts.append(Markup('<span class="day">{}</span>').format(found[0]))
        else:
            parts.append(Markup("<code>{}</code>").format(found["command"]))
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


def _depth(row: tuple[str, ...]) -> int:
    return len(row[0]) - len(row[0].lstrip(" "))


def _rows(table: Table) -> tuple[_Row, ...]:
    """The rows by what they are, told from the indentation that the text has.

    A row without figures heads a group; a row further in than the one above it belongs to that
    one (a range under its median); other rows further in belong to the group.
    """
    found: list[_Row] = []
    for row in table.rows:
        above = found[-1] if found else None
        depth = _depth(row)
        kind = "sub" if depth else ""
        if len(row) > 1 and not any(row[1:]):
            kind = "group"
        elif above is not None and above.kind != "group":
            further = depth - _depth(above.cells)
            if further > 0 or (further == 0 and above.kind == "under"):
                kind = "under"
        found.append(_Row(kind, row))
    return tuple(found)


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=FunctionLoader(_resource),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(marked=_marked, rows=_rows)
    return environment.get_template("report.html.j2")


def _chart(name: str, spec: Spec) -> _Chart:
    caption = caption_of(spec)
    # The picture is made here from escaped texts; nothing else on the page is trusted.
    svg = Markup(render_svg(spec, prefix="c-"))
    size = _WIDTH.search(svg)
    return _Chart(name, caption.title, caption.sources, svg, round(float(size[1])) if size else 0)


def _without_bars(table: Table) -> Table:
    """A table without columns of bars in characters: a chart beside it draws them."""
    keep = [
        number
        for number in range(len(table.head))
        if not table.rows or not all(set(row[number]) <= _BARS for row in table.rows)
    ]
    if len(keep) == len(table.head):
        return table
    return replace(
        table,
        head=tuple(table.head[n] for n in keep),
        rows=tuple(tuple(row[n] for n in keep) for row in table.rows),
        right=frozenset(new for new, old in enumerate(keep) if old in table.right),
    )


def _parts(section: Section, charts: Iterable[_Chart]) -> tuple[_Part, ...]:
    """The section's blocks, its charts in place of the first drawing or after the first block."""
    shown = tuple(charts)
    drawing = next((n for n, b in enumerate(section.blocks) if isinstance(b, Drawing)), None)
    leads = isinstance(section.blocks[0], Para)
    place = int(leads) if drawing is None else drawing
    parts: list[_Part] = []
    for number, block in enumerate(section.blocks):
        if number == place and shown:
            parts.append(_Part("charts", charts=shown))
        if not isinstance(block, Drawing):
            shown_block = _without_bars(block) if isinstance(block, Table) else block
            parts.append(_Part(type(block).__name__, shown_block))
    if place == len(section.blocks) and shown:
        parts.append(_Part("charts", charts=shown))
    return tuple(parts)


def render_page(
    document: Document,
    specs: Mapping[str, Spec],
    *,
    words: Words,
    date: str,
    places: Mapping[str, tuple[str, ...]] = PLACES,
    folded: frozenset[str] = _FOLDED,
) -> str:
    """A page from a document and charts by name.

    Parameters
    ----------
    document : Document
        Its first section is the first screen.
    specs : mapping of str to Spec
        Charts by name; those without a section in `places` are left out.
    date : str
        The date of the answer.
    places : mapping of str to tuple of str
        Charts by section, in their order.
    folded : frozenset of str
        Sections that start closed.
    """
    sections = tuple(
        _Shown(
            section.key,
            section.title,
            number == 0,
            section.key not in folded,
            _parts(
                section,
                (_chart(n, specs[n]) for n in places.get(section.key, ()) if n in specs),
            ),
        )
        for number, section in enumerate(document.sections)
    )
    return _template().render(
        document=document,
        document_date=date,
        html_lang=_HTML_LANG[document.lang],
        sections=sections,
        style=Markup(_resource("report.css")),
        version=__version__,
        words=words,
    )


def render_html(judgement: Judgement, view: View, lang: str, *, newest_note: str = "") -> str:
    """The whole report with its charts as one HTML file.

    Parameters
    ----------
    judgement : Judgement
    view : View
        The one that was judged.
    lang : {"en", "zh"}
    newest_note : str
        How old the date is, where it was chosen and not given.
    """
    words = Words(translator(lang), view.catalogue)
    months = record_rows(view) if judgement.record is not None else ()
    specs = chart_specs(judgement.findings, months, view, words)
    document = build(judgement, words, newest_note=newest_note)
    return render_page(document, specs, words=words, date=judgement.as_of.isoformat())
