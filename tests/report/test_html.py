"""The page: one file, complete, escaped, and nothing of it comes from elsewhere."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from debtcycle.charts import LedgerRow, ledger_chart
from debtcycle.cycle.judgement import Judgement, judge
from debtcycle.i18n import LANGUAGES
from debtcycle.report.build import build, words_of
from debtcycle.report.document import Bullets, Document, Drawing, Para, Section, Table
from debtcycle.report.html import PLACES, render_html, render_page
from debtcycle.store import Store
from debtcycle.views import View

HOSTILE = '<img src=x onerror="alert(1)">{{ 7 * 7 }}</style><script>alert(2)</script>'
DAYS = (date(1965, 6, 30), date(2025, 12, 15))


class Page(HTMLParser):
    """Elements with their attributes, and all text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        # Marks around dates and commands are no part of the sentence.
        self.feed(re.sub(r'<span class="day">(.*?)</span>|</?code>', r"\1", page))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def judged(edition_store: Store) -> dict[date, tuple[Judgement, View]]:
    views = {day: View(as_of=day, store=edition_store) for day in DAYS}
    return {day: (judge(view, record=False), view) for day, view in views.items()}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_page_says_all_that_the_document_says(
    judged: dict[date, tuple[Judgement, View]], day: date, lang: str
) -> None:
    judgement, view = judged[day]
    page = Page(render_html(judgement, view, lang))
    document = build(judgement, words_of(lang))
    for section in document.sections:
        assert section.title in page.text
        for block in section.blocks:
            if isinstance(block, Para):
                assert " ".join(block.text.replace("`", "").split()) in page.text
            elif isinstance(block, Bullets):
                assert all(
                    " ".join(item.replace("`", "").split()) in page.text for item in block.items
                )
            elif isinstance(block, Table):
                assert all(row[0].strip() in page.text for row in block.rows)
    assert not re.search(r"\bNaN\b|\binf\b|\bNone[^ ]|: None", page.text)
    assert dict(page.elements)["html"]["lang"] == {"en": "en", "zh": "zh-Hans"}[lang]


def test_every_section_with_charts_exists(judged: dict[date, tuple[Judgement, View]]) -> None:
    judgement, _ = judged[DAYS[1]]
    keys = {section.key for section in build(judgement, words_of("en")).sections}
    assert set(PLACES) <= keys


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_asks_for_nothing(judged: dict[date, tuple[Judgement, View]], lang: str) -> None:
    text = render_html(*judged[DAYS[1]], lang)
    page = Page(text)
    assert not page.tags & {"script", "iframe", "object", "embed", "img", "form", "base", "video"}
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")], tag
        for name in ("src", "href", "xlink:href", "action", "poster", "srcset"):
            target = attributes.get(name)
            assert target is None or target.startswith("#") or target == "data:,", (tag, target)
    assert "@import" not in text
    assert not re.search(r"url\((?!#)", text)
    policy = next(a["content"] for t, a in page.elements if a.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")


def test_ids_are_unique_and_links_lead_somewhere(
    judged: dict[date, tuple[Judgement, View]],
) -> None:
    page = Page(render_html(*judged[DAYS[1]], "en"))
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    links = [a["href"] for t, a in page.elements if t == "a"]
    assert links
    assert {str(link)[1:] for link in links} <= {str(found) for found in ids}
    labels = [a["aria-labelledby"] for t, a in page.elements if t == "svg"]
    assert len(labels) >= 7
    assert {part for label in labels for part in str(label).split()} <= set(map(str, ids))


def hostile_page() -> str:
    words = words_of("en")
    table = Table((HOSTILE, "n"), ((HOSTILE, HOSTILE),), frozenset({1}), HOSTILE)
    blocks = (Para(HOSTILE, "lead"), Drawing((HOSTILE,)), Bullets((HOSTILE,)), table)
    sections = (
        Section("opening", HOSTILE, blocks),
        Section("attractiveness", HOSTILE, (Para(HOSTILE), table)),
    )
    spec = ledger_chart([LedgerRow(HOSTILE, 4.0, 0.0)], words, sources=HOSTILE)
    document = Document("en", HOSTILE, sections)
    return render_page(document, {"ledger": spec}, words=words, date=HOSTILE)


def test_hostile_names_stay_text() -> None:
    page = Page(hostile_page())
    assert not page.tags & {"script", "img"}
    assert not [a for _, a in page.elements if "onerror" in a]
    # Title, contents, headings, paragraphs, list, table, chart and footer.
    assert page.text.count(HOSTILE) >= 12
    assert page.text.count("</style>") >= 12


def test_drawings_in_characters_give_way_to_charts() -> None:
    words = words_of("en")
    blocks = (Para("before"), Drawing(("#####",)), Drawing(("#####",)), Para("after"))
    spec = ledger_chart([LedgerRow("gold", 0.0, 4.0)], words, sources="s")
    document = Document("en", "t", (Section("attractiveness", "s", blocks),))
    page = render_page(document, {"ledger": spec}, words=words, date="2025-12-15")
    assert "#####" not in page
    assert page.index("before") < page.index("<svg") < page.index("after")


def test_columns_of_bars_in_characters_are_left_to_the_chart() -> None:
    table = Table(
        ("gauge", "bar", "n"), (("one", "██··", "50"), ("two", "····", "0")), frozenset({2})
    )
    document = Document("en", "t", (Section("opening", "s", (Para("p"), table)),))
    page = render_page(document, {}, words=words_of("en"), date="2025-12-15")
    assert "██" not in page
    assert '<td class="figure">50</td>' in page


def test_the_picture_of_the_readme_is_small_enough(repository: Path) -> None:
    picture = (repository / "docs" / "img" / "report.png").read_bytes()
    assert picture.startswith(b"\x89PNG\r\n")
    assert int.from_bytes(picture[16:20], "big") == 1280
    assert len(picture) < 300_000
