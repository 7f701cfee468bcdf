"""From the judgement to a document in one language."""

from __future__ import annotations

from debtcycle.catalogue import Catalogue, load_catalogue
from debtcycle.cycle.judgement import Judgement
from debtcycle.i18n import translator
from debtcycle.report.document import Document, Para, Section
from debtcycle.report.format import day_of
from debtcycle.report.sections import bubble, cycle, doubt, evidence, ledger, ledger_of_claims, past
from debtcycle.report.sections.crises import crises
from debtcycle.report.sections.explosive import explosive
from debtcycle.report.sections.opening import opening
from debtcycle.report.sections.trust import trust
from debtcycle.report.words import Words

__all__ = ["build", "words_of"]


def words_of(lang: str, catalogue: Catalogue | None = None) -> Words:
    """How the report speaks in a language."""
    return Words(translator(lang), load_catalogue() if catalogue is None else catalogue)


def build(judgement: Judgement, words: Words, *, newest_note: str = "") -> Document:
    """The whole report.

    Parameters
    ----------
    newest_note : str
        Said before everything else, where the date was chosen and not given: how old it is.
    """
    findings = judgement.findings
    sections: list[Section] = [
        opening(words, findings),
        evidence.axes(words, findings),
        evidence.policy(words, findings),
        bubble.bubble(words, findings),
        explosive(words, findings),
        ledger.attractiveness(words, findings),
        ledger.debt(words, findings),
        crises(words, findings),
        trust(words, findings),
        cycle.stage(words, findings, judgement.stage),
        past.events(words, findings),
        past.replays(words, findings),
        past.record(words, judgement.record),
        doubt.robustness(words, findings),
        doubt.counter(words, findings),
        ledger_of_claims.claims(words, judgement.claims),
        doubt.notes(words, findings),
    ]
    if newest_note:
        first = sections[0]
        blocks = (*first.blocks[:2], Para(newest_note, "warn"), *first.blocks[2:])
        sections[0] = Section(first.key, first.title, blocks)
    title = words("report.title", date=day_of(judgement.as_of))
    return Document(words.lang, title, tuple(sections))
