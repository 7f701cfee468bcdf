"""The page in a real browser: silent, self-sufficient, and inside every width."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from debtcycle.cycle.judgement import judge
from debtcycle.i18n import LANGUAGES
from debtcycle.report.html import render_html
from debtcycle.store import Store
from debtcycle.views import View
from report.test_html import HOSTILE, hostile_page

pytestmark = pytest.mark.browser
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
]


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def pages(edition_store: Store, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    view = View(as_of="2025-12-15", store=edition_store)
    judgement = judge(view, record=False)
    texts = {lang: render_html(judgement, view, lang) for lang in LANGUAGES}
    texts["hostile"] = hostile_page()
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


def opened(browser: Any, path: Path, width: int) -> tuple[Any, list[str], list[str]]:
    """The page, what its console said, and what it asked for besides itself."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri(), wait_until="load")
    return page, said, [url for url in asked if url not in (path.as_uri(), "data:,")]


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("name", [*LANGUAGES, "hostile"])
def test_the_page_opens_silently_within_its_width(
    browser: Any, pages: dict[str, Path], name: str, width: int
) -> None:
    page, said, asked = opened(browser, pages[name], width)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    page.close()
    assert said == []
    assert asked == []
    assert wide[0] <= wide[1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_answer_stands_on_the_first_screen(
    browser: Any, pages: dict[str, Path], lang: str
) -> None:
    page, _, _ = opened(browser, pages[lang], 1280)
    lead = page.locator("section.first .lead").first
    assert lead.bounding_box()["y"] < 300
    for chart in ("map", "axes"):
        box = page.locator(f"#chart-{chart} svg").bounding_box()
        assert box["y"] < 500
        assert box["width"] > 400
    page.close()


def test_no_label_leaves_its_picture(browser: Any, pages: dict[str, Path]) -> None:
    page, _, _ = opened(browser, pages["zh"], 1280)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    outside = page.evaluate(
        """[...document.querySelectorAll('figure svg')].flatMap(svg => {
            const frame = svg.getBoundingClientRect();
            return [...svg.querySelectorAll('text')].filter(text => {
                const box = text.getBoundingClientRect();
                return box.width && (box.left < frame.left - 2 || box.right > frame.right + 2
                    || box.top < frame.top - 2 || box.bottom > frame.bottom + 2);
            }).map(text => text.textContent);
        })"""
    )
    page.close()
    assert outside == []


def test_hostile_names_are_read_as_text(browser: Any, pages: dict[str, Path]) -> None:
    page, said, _ = opened(browser, pages["hostile"], 1280)
    shown = page.inner_text("section.first .lead")
    scripts = page.evaluate("document.querySelectorAll('script, img').length")
    page.close()
    assert shown == HOSTILE
    assert scripts == 0
    assert said == []
