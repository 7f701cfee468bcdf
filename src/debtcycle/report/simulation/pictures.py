"""From a simulation to what its charts draw; nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from debtcycle.charts import (
    CausePanel,
    CausesData,
    FanLine,
    FanPanel,
    FansData,
    HazardData,
    HazardLine,
    PhasesData,
    Spec,
    causes_chart,
    fans_chart,
    hazard_chart,
    phases_chart,
)
from debtcycle.machine.attribution import CHANNELS
from debtcycle.machine.phases import PHASES
from debtcycle.machine.study import Study
from debtcycle.machine.window import AHEAD, POP
from debtcycle.report.simulation.beside import asked_phases, labels, same_programme
from debtcycle.report.simulation.leaving import loosens
from debtcycle.report.simulation.reading import (
    GROUPS,
    PANELS,
    fan,
    name_of,
    named,
    title_of,
    when,
)
from debtcycle.report.simulation.tables import ASSETS
from debtcycle.report.words import Words

__all__ = ["BESIDE_PLACES", "PLACES", "beside_specs", "simulation_specs"]

# Groups of figures with small pictures of their own.
_DRAWN: Mapping[str, tuple[str, ...]] = {
    group: found
    for group, names in GROUPS.items()
    if (found := tuple(name for name in PANELS if name in names))
}
# Where the charts stand on the page: section by section, in this order.
PLACES: Mapping[str, tuple[str, ...]] = {
    "answer": ("differences",),
    "phases": ("phases",),
    "window": ("hazard",),
    "causes": ("causes",),
    **{group: (f"fans-{group}",) for group in _DRAWN},
}
BESIDE_PLACES: Mapping[str, tuple[str, ...]] = {
    "answer": ("beside",),
    "phases": ("phases",),
    "window": ("hazard",),
}


def _sources(words: Words, *studies: Study) -> str:
    """How many paths, from which seed, and whose figures the opening is made of."""
    ids = {origin.source for study in studies for fact in study.opening.facts
           for origin in fact.origins}  # fmt: skip
    publishers = words.publishers(
        words.catalogue[name].publisher for name in ids if name in words.catalogue
    )
    listed = words("list.comma")
    return words(
        "sim.chart.sources",
        paths=listed.join(dict.fromkeys(f"{study.outcome.paths:,}" for study in studies)),
        seed=listed.join(dict.fromkeys(str(study.outcome.seed) for study in studies)),
        publishers=publishers,
        date=listed.join(dict.fromkeys(study.opening.as_of.isoformat() for study in studies)),
    )


def _line(study: Study, name: str, side: str, title: str) -> FanLine:
    quantiles = fan(study, name, side).quantiles
    return FanLine(title, *(tuple(map(float, row)) for row in quantiles))


def _fans(words: Words, study: Study, names: Sequence[str]) -> Spec:
    sides = ("with", "without")
    panels = tuple(
        FanPanel(
            title_of(words, study, name),
            tuple(_line(study, name, side, words(f"sim.side.{side}")) for side in sides),
        )
        for name in names
    )
    return fans_chart(FansData(panels), words, name="fans", sources=_sources(words, study))


def _differences(words: Words, study: Study) -> Spec:
    title = words("sim.side.difference")
    panels = tuple(
        FanPanel(title_of(words, study, name, difference=True),
                 (_line(study, name, "difference", title),))
        for name in PANELS
    )  # fmt: skip
    data = FansData(panels, nought=True)
    return fans_chart(data, words, name="differences", sources=_sources(words, study))


def _named_shares(study: Study, names: Sequence[str]) -> NDArray[np.float64]:
    """Parts of the paths by phase; where nothing eases, in the fourth or in none."""
    shares = study.outcome.phases
    if loosens(study):
        return shares
    bursts = shares[:, PHASES.index("P4")]
    found = np.zeros((len(shares), len(names)))
    found[:, 0], found[:, -1] = 1.0 - bursts, bursts
    return found


def _phases(words: Words, titled: Sequence[tuple[str, Study]]) -> Spec:
    # Beside the phases that are asked about stands what is in none of them.
    asked = tuple(dict.fromkeys((PHASES[0], *asked_phases(*(study for _, study in titled)))))
    shares = tuple(
        (title, tuple(tuple(map(float, row)) for row in _named_shares(study, asked)))
        for title, study in titled
    )
    without = tuple(tuple(map(float, study.outcome.bursts[:, 0])) for _, study in titled)
    names = tuple(words(f"sim.phase.{name}") for name in asked)
    sources = _sources(words, *(study for _, study in titled))
    data = PhasesData(names, shares, (words("sim.phase.P4_without"), without))
    return phases_chart(data, words, sources=sources)


def _hazard(words: Words, titled: Sequence[tuple[str, Study]]) -> Spec:
    alone = len(titled) == 1
    lines = []
    for title, study in titled:
        names = (
            [words(f"sim.side.{side}") for side in ("with", "without")] if alone
            else [title, words("sim.title_without", name=title)]
        )  # fmt: skip
        windows = (study.outcome.window, study.outcome.window_without)
        lines += [
            HazardLine(name, tuple(
                (None, None, None) if item is None else (item.value, item.low, item.high)
                for item in window.hazard
            ), without=place == 1)
            for place, (name, window) in enumerate(zip(names, windows, strict=True))
        ]  # fmt: skip
    sources = _sources(words, *(study for _, study in titled))
    return hazard_chart(HazardData(tuple(lines), AHEAD, f"{POP:.0%}"), words, sources=sources)


def _causes(words: Words, study: Study) -> Spec:
    panels = tuple(
        CausePanel(
            name_of(words, ASSETS[asset]),
            tuple(tuple(100.0 * c.of(channel, asset) for channel in CHANNELS)
                  for c in study.causes),
            tuple(100.0 * sum(c.of(channel, asset) for channel in CHANNELS)
                  for c in study.causes),
        )
        for asset in ("G", "N", "Z")
    )  # fmt: skip
    channels = tuple(words(f"sim.channel.{channel}") for channel in CHANNELS)
    quarters = tuple(when(words, cause.quarter) for cause in study.causes)
    data = CausesData(channels, quarters, panels)
    return causes_chart(data, words, sources=_sources(words, study))


def simulation_specs(study: Study, words: Words) -> dict[str, Spec]:
    """Charts of one simulation by name; the attribution's is left out where there is none."""
    titled = ((named(words, study), study),)
    found = {
        "differences": _differences(words, study),
        **{f"fans-{group}": _fans(words, study, names) for group, names in _DRAWN.items()},
        "phases": _phases(words, titled),
        "hazard": _hazard(words, titled),
    }
    return found | ({"causes": _causes(words, study)} if study.causes else {})


def beside_specs(one: Study, other: Study, words: Words) -> dict[str, Spec]:
    """Charts of two simulations beside each other."""
    titled = tuple(zip(labels(one, other), (one, other), strict=True))
    panels = tuple(
        FanPanel(
            title_of(words, one, name, difference=True),
            tuple(_line(study, name, "difference", title) for title, study in titled),
        )
        for name in PANELS
    )
    data = FansData(panels, nought=True)
    name = "beside" if same_programme(one, other) else "beside_two"
    sources = _sources(words, one, other)
    return {
        "beside": fans_chart(data, words, name=name, sources=sources),
        "phases": _phases(words, titled),
        "hazard": _hazard(words, titled),
    }
