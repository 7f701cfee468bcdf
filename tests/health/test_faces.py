"""The health of the series as text, JSON, Markdown and page, in both languages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from debtcycle.catalogue import load_catalogue
from debtcycle.catalogue.load import Catalogue
from debtcycle.health import Trouble, check_all
from debtcycle.i18n import LANGUAGES
from debtcycle.report.build import words_of
from debtcycle.report.health.as_json import health_json
from debtcycle.report.health.build import build_health
from debtcycle.report.health.page import render_health
from debtcycle.report.text import render_text
from debtcycle.store import Store
from debtcycle.store.held import Held
from debtcycle.store.holdings import last_batches
from debtcycle.views import View
from indicators.handmade import view
from report.test_html import HOSTILE, Page

DAY = "2026-11-22"
IDS = [info.id for info in load_catalogue()]


def refuse(name: str) -> Any:
    raise ValueError(name)


@pytest.fixture(scope="module")
def seen(edition_store: Store) -> Any:
    found = View(as_of=DAY, store=edition_store)
    return found, check_all(found, batches=last_batches(edition_store))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_one_file_that_names_every_series(seen, lang):
    found, items = seen
    text = render_health(items, words_of(lang), found.as_of)
    page = Page(text)
    assert page.tags.isdisjoint({"script", "iframe", "object", "img"})
    assert "default-src 'none'" in text
    assert all(name in page.text for name in IDS)
    assert "health." not in page.text
    assert any("一" <= c <= "鿿" for c in page.text) == (lang == "zh")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_text_keeps_to_its_width(seen, lang):
    from debtcycle.report.plain import cell_width

    found, items = seen
    text = render_text(build_health(items, words_of(lang), found.as_of), width=100)
    assert max(map(cell_width, text.splitlines())) <= 100
    assert all(name in text for name in IDS)


def test_the_json_has_what_the_check_found(seen):
    found, items = seen
    told = json.loads(health_json(items, found.as_of), parse_constant=refuse)
    assert told["as_of"] == DAY
    assert sum(told["counts"].values()) == len(IDS)
    assert {item["id"] for item in told["series"]} == set(IDS)
    claims = next(item for item in told["series"] if item["id"] == "ICSA")
    # Initial claims of the week to 15 August 2026 are the last of the edition; those of the next
    # week were out on Thursday 27 August.
    assert claims["last"] == "2026-08-15"
    assert claims["schedule"]["due"] == "2026-08-27"
    assert claims["schedule"]["overdue_days"] == 87
    assert claims["batch"]["source"] == "reference edition"


def test_a_hostile_name_is_text_on_the_page(edition_store: Store):
    plain = load_catalogue()
    bad = msgspec.structs.replace(plain["ICSA"], name_en=HOSTILE, note_en=HOSTILE)
    hostile = Catalogue({**plain.entries, "ICSA": bad}, plain.releases, plain.keys)
    found = View(as_of=DAY, store=edition_store, catalogue=hostile)
    page = Page(render_health(check_all(found), words_of("en", hostile), found.as_of))
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert "alert(1)" in page.text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_trouble_and_state_has_words(lang):
    words = words_of(lang)
    for trouble in Trouble:
        assert words(f"health.trouble.{trouble.value}")
        assert words(f"health.meaning.{trouble.value}")
    lines = [Held(1, "WALCL", "quarantine.jump", rows=12345)]
    items = check_all(view("2026-11-20"), quarantine=lines)
    assert items[0].info.id == "WALCL"
    text = render_text(build_health(items, words, items[0].info.begins))
    assert "WALCL" in text
    assert "12345" in text


def test_a_store_without_trouble_says_so():
    items = [i for i in check_all(view("1925-01-01")) if i.trouble is Trouble.NOT_BEGUN]
    document = build_health(items, words_of("en"), items[0].info.begins)
    assert document.sections[0].blocks[0].text.startswith("None of")  # type: ignore[union-attr]
    assert [section.key for section in document.sections] == [
        "opening", "licences", "every", "origins",
    ]  # fmt: skip


@pytest.mark.browser
def test_the_page_opens_silently_within_every_width(seen, chromium: Path, tmp_path: Path):
    from playwright.sync_api import sync_playwright

    from report.test_page_in_browser import FLAGS, opened

    found, items = seen
    path = tmp_path / "health.html"
    path.write_text(render_health(items, words_of("zh"), found.as_of), encoding="utf-8")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(chromium), args=FLAGS)
        for width in (360, 768, 1280):
            page, said, asked = opened(browser, path, width)
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
            page.close()
            assert (said, asked) == ([], [])
            assert wide[0] <= wide[1]
        browser.close()
