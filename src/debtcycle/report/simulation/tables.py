"""Every figure with and without, and what moved prices."""

from __future__ import annotations

from debtcycle.machine.attribution import CHANNELS
from debtcycle.machine.economy.names import SLOW
from debtcycle.machine.study import Study
from debtcycle.report.document import Block, Bullets, Para, Section, Table
from debtcycle.report.format import signed
from debtcycle.report.simulation.reading import (
    GROUPS,
    horizons,
    median,
    name_of,
    number,
    spread,
    title_of,
    when,
)
from debtcycle.report.words import Words

__all__ = ["ASSETS", "causes", "figures"]

# Names of the figures' assets by the letter of the attribution.
ASSETS = {
    "N": "bonds", "I": "tips", "K": "credit", "G": "growth_equity", "R": "real_asset_equity",
    "Z": "gold",
}  # fmt: skip
_SIDES = ("with", "without", "difference")


def _rows(words: Words, study: Study, name: str) -> list[tuple[str, ...]]:
    quarters = horizons(study)
    rows = [(title_of(words, study, name), *("" for _ in quarters))]
    for side in _SIDES:
        plus = side == "difference"
        cells = (
            number(study, name, median(study, name, side, quarter), plus=plus)
            for quarter in quarters
        )
        rows.append((f"  {words(f'sim.side.{side}')}", *cells))
        ranges = (spread(words, study, name, side, quarter) for quarter in quarters)
        rows.append((f"    {words('sim.row.range')}", *ranges))
    return rows


def _others(study: Study) -> tuple[str, ...]:
    shown = {name for group in GROUPS.values() for name in group}
    return tuple(name for name in study.outcome.units if name not in shown)


def figures(words: Words, study: Study) -> tuple[Section, ...]:
    """One section a group of figures; a figure that belongs to none comes with the last."""
    quarters = horizons(study)
    head = (words("sim.col.figure"), *(when(words, quarter) for quarter in quarters))
    right = frozenset(range(1, len(head)))
    last = tuple(GROUPS)[-1]
    sections = []
    for group, listed in GROUPS.items():
        names = [name for name in listed if name in study.outcome.units]
        names += _others(study) if group == last else ()
        rows = tuple(row for name in names for row in _rows(words, study, name))
        blocks = (Para(words(f"sim.group.{group}.means")), Table(head, rows, right))
        sections.append(Section(group, words(f"sim.group.{group}"), blocks))
    return tuple(sections)


def _parts_table(words: Words, study: Study, asset: str) -> Table:
    head = (
        words("sim.col.when"),
        *(words(f"sim.channel.{channel}") for channel in CHANNELS),
        words("sim.col.whole"),
    )
    place = SLOW.index(asset)
    rows = tuple(
        (
            when(words, cause.quarter),
            *(signed(100.0 * cause.of(channel, asset), 1) for channel in CHANNELS),
            signed(100.0 * float(cause.change[place]), 1),
        )
        for cause in study.causes
    )
    title = words("sim.table.causes", name=name_of(words, ASSETS[asset]))
    return Table(head, rows, frozenset(range(1, len(head))), title)


def causes(words: Words, study: Study) -> Section:
    """Shapley values of five channels for the price of three assets at several quarters."""
    blocks: list[Block] = [Para(words("sim.causes.means"))]
    if study.causes:
        blocks.append(Bullets(tuple(words(f"sim.channel.{c}.means") for c in CHANNELS)))
        blocks += [_parts_table(words, study, asset) for asset in ("G", "N", "Z")]
        blocks.append(Para(words("sim.causes.central"), "dim"))
    else:
        blocks.append(Para(words("sim.causes.none"), "warn"))
    return Section("causes", words("sim.section.causes"), tuple(blocks))
