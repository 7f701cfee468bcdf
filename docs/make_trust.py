"""Write docs/trust.*.md from a run on the shipped figures: nothing there is typed by hand."""

from __future__ import annotations

import tempfile
from pathlib import Path

from debtcycle.cycle.findings import Findings, find
from debtcycle.reference import fill
from debtcycle.report.build import words_of
from debtcycle.report.document import Document, Para, Section
from debtcycle.report.format import day_of
from debtcycle.report.markdown import render_markdown
from debtcycle.report.sections.crises import crises
from debtcycle.report.sections.explosive import explosive
from debtcycle.report.sections.trust import trust
from debtcycle.store import Store
from debtcycle.views import View

HERE = Path(__file__).parent
LANGUAGES = ("en", "zh")
DAY = "2025-12-15"


def page(findings: Findings, lang: str) -> str:
    """The page of a language."""
    words = words_of(lang)
    first, *rest = (made(words, findings) for made in (trust, explosive, crises))
    opening = Section(first.key, first.title, (Para(words("trust.page_made")), *first.blocks))
    title = words("trust.page", date=day_of(findings.as_of))
    return render_markdown(Document(lang, title, (opening, *rest)))


def main() -> None:
    """Write both pages, from the shipped figures and not from a user's own store."""
    with tempfile.TemporaryDirectory() as folder:
        with Store.create(Path(folder) / "store.sqlite") as store:
            fill(store)
            findings = find(View(as_of=DAY, store=store))
        for lang in LANGUAGES:
            (HERE / f"trust.{lang}.md").write_text(page(findings, lang), encoding="utf-8")


if __name__ == "__main__":
    main()
