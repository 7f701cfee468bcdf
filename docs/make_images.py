"""Draw docs/img/report*.png: the first screen of the page for 15 December 2025.

``python docs/make_images.py`` renders the page from the shipped edition alone and takes its
picture in Chromium. It needs the tools of the tests (``make dev``) and Chromium; where either is
missing it says so and leaves the picture as it is.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from debtcycle.cycle.judgement import judge
from debtcycle.reference import fill
from debtcycle.report.html import render_html
from debtcycle.store import Store
from debtcycle.views import View

PICTURES = {"en": "report.png", "zh": "report.zh.png"}
FOLDER = Path(__file__).parent / "img"
DATE = "2025-12-15"
WIDTH = 1280
BELOW = 10  # pixels below the first screen
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
]


def page(folder: Path, lang: str) -> Path:
    """The report as a page, from a store that has the shipped edition and nothing else."""
    with Store.create(folder / f"{lang}.sqlite") as store:
        fill(store)
        view = View(as_of=DATE, store=store)
        made = folder / f"{lang}.html"
        made.write_text(render_html(judge(view, record=False), view, lang), encoding="utf-8")
    return made


def main() -> int:
    """Draw the picture, or say why not."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        sys.stderr.write(f"{FOLDER.name} is left as it is: no Playwright or no Chromium\n")
        return 0
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        for lang, name in PICTURES.items():
            screen = browser.new_page(
                viewport={"width": WIDTH, "height": 900}, color_scheme="light"
            )
            screen.goto(page(Path(folder), lang).as_uri())
            first = screen.locator("section.first").bounding_box()
            if first is None:
                raise SystemExit("the page has no first screen")
            height = round(first["y"] + first["height"]) + BELOW
            screen.set_viewport_size({"width": WIDTH, "height": height})
            screen.screenshot(path=str(FOLDER / name))
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
