"""The page of a simulation: its charts, its words, and how it stands in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from debtcycle.charts import caption_of
from debtcycle.i18n import LANGUAGES
from debtcycle.report.build import words_of
from debtcycle.report.document import Bullets, Document, Para, Section, Table
from debtcycle.report.html import render_page
from debtcycle.report.simulation.beside import build_beside
from debtcycle.report.simulation.build import build_simulation
from debtcycle.report.simulation.page import FOLDED, render_beside, render_simulation
from debtcycle.report.simulation.pictures import (
    BESIDE_PLACES,
    PLACES,
    beside_specs,
    simulation_specs,
)
from report.test_html import Page
from report.test_page_in_browser import FLAGS, opened


@pytest.fixture(scope="module")
def pages(study_of: Any) -> dict[str, str]:
    pair = study_of("qe-into-bubble"), study_of("qe-into-depression")
    found = {}
    for lang in LANGUAGES:
        words = words_of(lang)
        found[f"one-{lang}"] = render_simulation(pair[0], words)
    return found | {"two-zh": render_beside(*pair, words_of("zh"))}


def test_every_chart_has_its_section(study_of: Any) -> None:
    pair = study_of("qe-into-bubble"), study_of("qe-into-depression")
    words = words_of("en")
    for document, places, specs in (
        (build_simulation(pair[0], words), PLACES, simulation_specs(pair[0], words)),
        (build_beside(*pair, words), BESIDE_PLACES, beside_specs(*pair, words)),
    ):
        keys = {section.key for section in document.sections}
        assert set(places) <= keys
        assert {name for names in places.values() for name in names} == set(specs)
    assert set(FOLDED) <= {section.key for section in build_simulation(pair[0], words).sections}


def test_pages_are_whole_and_silent(pages: dict[str, str]) -> None:
    for name, text in pages.items():
        page = Page(text)
        assert not page.tags & {"script", "link[rel=stylesheet]", "iframe", "img"}
        figures = [attrs["id"] for tag, attrs in page.elements if tag == "figure"]
        fans = {f"fans-{group}" for group in ("yields", "equity", "other", "goods")}
        wanted = {"differences", "phases", "hazard", "causes"} | fans
        wanted = wanted if name.startswith("one") else {"beside", "phases", "hazard"}
        assert sorted(figures) == sorted(f"chart-{chart}" for chart in wanted)
        assert "http" not in text.replace("http://www.w3.org/", "").replace("http-equiv", "")


def test_the_same_study_gives_the_same_page(study_of: Any, pages: dict[str, str]) -> None:
    again = render_simulation(study_of("qe-into-bubble"), words_of("en"))
    assert again == pages["one-en"]


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield started
        started.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", ["one-en", "one-zh", "two-zh"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_opens_silently_within_its_width(
    browser: Any, pages: dict[str, str], tmp_path: Path, name: str, width: int
) -> None:
    path = tmp_path / f"{name}.html"
    path.write_text(pages[name], encoding="utf-8")
    page, said, asked = opened(browser, path, width)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    outside = page.evaluate(
        """[...document.querySelectorAll('figure svg')].flatMap(svg => {
            const frame = svg.getBoundingClientRect();
            return [...svg.querySelectorAll('text')].filter(text => {
                const box = text.getBoundingClientRect();
                return box.width && (box.left < frame.left - 2 || box.right > frame.right + 2);
            }).map(text => text.textContent);
        })"""
    )
    page.close()
    assert (said, asked, outside) == ([], [], [])
    assert wide[0] <= wide[1]


def test_a_range_stands_under_its_median_and_a_name_heads_its_rows(pages: dict[str, str]) -> None:
    page = pages["one-en"]
    table = page[page.index('<details id="yields"') : page.index('<details id="premia"')]
    kinds = re.findall(r"<tr(?: class=\"(\w+)\")?>", table[table.index("<tbody>") :])
    assert kinds[:7] == ["group", "sub", "under", "sub", "under", "sub", "under"]
    assert 'colspan="6"' in table
    first = page[page.index("<tbody>") : page.index("</tbody>")]
    assert re.findall(r"<tr(?: class=\"(\w+)\")?>", first)[:4] == ["", "under", "", "under"]


def test_no_line_ends_within_a_date(pages: dict[str, str]) -> None:
    date = r"(?a)(?<![\w-])\d{4}-(?:\d{2}(?:-\d{2})?|Q\d)(?![\w-])"
    for page in pages.values():
        body = page[page.index("<h1") : page.index("<footer")]
        bare = re.sub(r"<svg.*?</svg>|<figcaption.*?</figcaption>", "", body, flags=re.DOTALL)
        kept = re.findall(r'<span class="day">(.*?)</span>', bare)
        assert len(kept) > 5
        assert all(re.fullmatch(date, day) for day in kept)
        rest = re.sub(r'<span class="day">.*?</span>|<[^>]*>', " ", bare)
        assert re.findall(date, rest) == []


def test_a_folded_section_is_pointed_at_by_what_it_holds(pages: dict[str, str]) -> None:
    """A browser opens a folded section for a target inside it, not for the section itself."""
    page = pages["one-en"]
    assert 'href="#in-equity"' in page
    assert re.search(r'<details id="equity">\s*<summary>.*?</summary>\s*<span[^>]*id="in-equity"',
                     page)  # fmt: skip
    assert 'href="#phases"' in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_phases_that_are_not_asked_about_are_not_drawn(study_of: Any, lang: str) -> None:
    words = words_of(lang)
    spec = json.dumps(simulation_specs(study_of("forced-cash"), words)["phases"],
                      ensure_ascii=False)  # fmt: skip
    assert words("sim.phase.P4") in spec
    for phase in ("P1", "P2", "P3"):
        assert words(f"sim.phase.{phase}") not in spec
        assert words(f"sim.phase.{phase}") in json.dumps(
            simulation_specs(study_of("qe-into-bubble"), words)["phases"], ensure_ascii=False
        )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_two_programmes_from_one_start_are_not_told_as_two_starts(study_of: Any, lang: str) -> None:
    words = words_of(lang)
    pair = study_of("melt-up-and-tightening"), study_of("forced-cash")
    document = build_beside(*pair, words)
    sections = {section.key: section for section in document.sections}
    assert sections["answer"].title == words("sim.beside.section_one_start")
    assert sections["start"].title == words("sim.section.start")
    first, facts = (
        next(b for b in sections[key].blocks if isinstance(b, Table)) for key in ("answer", "start")
    )
    assert first.title == words("sim.table.contrast")
    assert len(facts.head) == 2
    shares = next(b for b in sections["phases"].blocks if isinstance(b, Table))
    assert [row[0] for row in shares.rows] == [
        words("sim.phase.P4"), words("sim.phase.P4_without")
    ]  # fmt: skip
    title = caption_of(beside_specs(*pair, words)["beside"]).title
    assert title == words("chart.beside_two.title")
    # The essay's own pair is what it was.
    essay = build_beside(study_of("qe-into-bubble"), study_of("qe-into-depression"), words)
    assert essay.sections[0].title == words("sim.beside.section")
    assert len(next(b for b in essay.sections[1].blocks if isinstance(b, Table)).head) == 3


def test_commands_are_set_as_commands_and_markup_stays_text(pages: dict[str, str]) -> None:
    made = Document("en", "t", (Section("a", "a", (
        Para("call `debtcycle <b>` on 2025-12-15"), Bullets(("`x`",)),
    )),))  # fmt: skip
    page = render_page(made, {}, words=words_of("en"), date="2025-12-15")
    assert '<code>debtcycle &lt;b&gt;</code> on <span class="day">2025-12-15</span>' in page
    assert "<li><code>x</code></li>" in page


@pytest.mark.browser
def test_the_contents_open_a_folded_section(
    browser: Any, pages: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "one.html"
    path.write_text(pages["one-en"], encoding="utf-8")
    page, *_ = opened(browser, path, 1100)
    assert not page.evaluate("document.getElementById('equity').open")
    page.click("nav a[href='#in-equity']")
    page.wait_for_function("document.getElementById('equity').open")
    top = page.evaluate("document.querySelector('#equity h2').getBoundingClientRect().top")
    page.close()
    assert top >= 0
