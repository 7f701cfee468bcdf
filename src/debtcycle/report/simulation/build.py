"""From a simulation to a document in one language."""

from __future__ import annotations

from dataclasses import replace

from debtcycle.machine.study import Study
from debtcycle.report.document import Document, Para, Section
from debtcycle.report.simulation.answer import answer
from debtcycle.report.simulation.beside import build_beside
from debtcycle.report.simulation.limits import accounts, limits
from debtcycle.report.simulation.notes import certain, domain, notes, size
from debtcycle.report.simulation.reading import named
from debtcycle.report.simulation.stages import phases, window
from debtcycle.report.simulation.start import start
from debtcycle.report.simulation.tables import causes, figures
from debtcycle.report.words import Words

__all__ = ["build_pair", "build_simulation"]


def _dated(words: Words, study: Study) -> str:
    """A scenario and its date."""
    date = study.opening.as_of.isoformat()
    return words("sim.title", name=named(words, study), date=date)


def _more(section: Section, blocks: tuple[Para, ...]) -> Section:
    """A section with more at its end."""
    return replace(section, blocks=(*section.blocks, *blocks))


def build_simulation(study: Study, words: Words) -> Document:
    """The whole report on one scenario.

    Parameters
    ----------
    study : Study
        See `debtcycle.machine.study.study`.
    words : Words
        Texts of a language with the catalogue.
    """
    title = _dated(words, study)
    sections = (
        answer(words, study),
        phases(words, study),
        window(words, study),
        causes(words, study),
        *figures(words, study),
        start(words, study),
        _more(accounts(words, study), (*domain(words, study), *certain(words, study))),
        _more(limits(words, study), (*size(words, study), *domain(words, study))),
    )
    return Document(words.lang, title, sections)


def build_pair(one: Study, other: Study, words: Words) -> Document:
    """Two scenarios side by side, with what must be known of each before believing it."""
    made = build_beside(one, other, words)
    said = tuple(
        replace(note, text=words("sim.beside.item", name=_dated(words, study), text=note.text))
        for study in (one, other)
        for note in notes(words, study)
    )
    first, *others = made.sections
    return replace(made, sections=(_more(first, said), *others))
