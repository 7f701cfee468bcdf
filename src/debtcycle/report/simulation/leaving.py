"""What the essay says of the melt-up, its end and leaving it, beside what was found."""

from __future__ import annotations

import math
from dataclasses import dataclass

from debtcycle.machine.phases import DOING, TIGHT_PP
from debtcycle.machine.study import Study
from debtcycle.machine.window import EARLY, POP, RISE, RULES, Window
from debtcycle.report.document import Bullets
from debtcycle.report.simulation.reading import MISSING, share, shortfall, when
from debtcycle.report.words import Words

__all__ = ["Claims", "claims", "eases", "least", "leaving", "loosens", "unasked"]

_TOLD = ("melt_up", "random", "hold", "tightening")  # rules in the order of the sentence
_BOUGHT = frozenset({"q_b", "q_N", "q_I", "q_K"})


@dataclass(frozen=True, slots=True)
class Claims:
    """Whether what the essay says of the melt-up comes out.

    Attributes
    ----------
    melts, falls : bool or None
        Whether at least `DOING` more of the paths have a melt-up, and a fall, with the programme
        than without in the first `EARLY` quarters; None where no more is bought than without, of
        which the essay speaks.
    leaves : bool
        Whether the melt-up rule is regretted less than holding and than a lot, beyond the
        intervals of all three.
    """

    melts: bool | None
    falls: bool | None
    leaves: bool


def _bought(study: Study) -> tuple[float, float]:
    """Purchases of all assets in either run, percent of GDP."""
    with_, without = (
        math.fsum(value for _, name, value in plan.steps if name in _BOUGHT)
        for plan in (study.scenario.with_, study.scenario.without)
    )
    return with_, without


def eases(study: Study) -> bool:
    """Whether more is bought in the run with it than in the run without."""
    with_, without = _bought(study)
    return with_ > without


def loosens(study: Study) -> bool:
    """Whether the run with it eases more than the run without: phases are those of an easing.

    It eases where more is bought, where more long bonds are replaced by bills, or where the
    Treasury spends more.
    """
    for names in (_BOUGHT, {"swap"}, {"disc"}):
        with_, without = (
            math.fsum(value for _, name, value in plan.steps if name in names)
            for plan in (study.scenario.with_, study.scenario.without)
        )
        if with_ > without:
            return True
    return False


def unasked(study: Study) -> str:
    """Why the essay's claims on purchases are not asked: a part of a message id."""
    with_, without = _bought(study)
    if with_ < without:
        return "less"
    return "same" if any(n in _BOUGHT for _, n, _ in study.scenario.with_.steps) else "nothing"


def _part(count: int, window: Window) -> float:
    return count / max(window.paths, 1)


def claims(study: Study) -> Claims:
    """The essay's claims on melt-up, fall and leaving, against what was found."""
    found, other = study.outcome.window, study.outcome.window_without
    melts = _part(found.early_windows, found) - _part(other.early_windows, other) >= DOING
    falls = _part(found.early_popped, found) - _part(other.early_popped, other) >= DOING
    regret = found.regret
    leaves = regret["melt_up"].high < min(regret["hold"].low, regret["random"].low)
    return Claims(melts, falls, leaves) if eases(study) else Claims(None, None, leaves)


def least(window: Window) -> str:
    """The rule that is regretted least."""
    return min(RULES, key=lambda rule: window.regret[rule].value)


def leaving(words: Words, study: Study) -> Bullets:
    """One line a claim: what the essay says, what was found, and whether the two agree."""
    found, other = study.outcome.window, study.outcome.window_without
    agrees = claims(study)

    def verdict(answer: bool | None) -> str:
        if answer is None:
            return words(f"sim.claim.unasked_{unasked(study)}")
        return words("sim.claim.asked", doing=f"{100 * DOING:g}", answer=yes_or_no(answer))

    def yes_or_no(answer: bool) -> str:
        return words("sim.sign.agrees" if answer else "sim.sign.differs")

    def regrets(window: Window) -> dict[str, str]:
        rule = least(window)
        named = words(f"sim.rule.{rule}", rise=f"{RISE:.0%}", tight=f"{TIGHT_PP:g}")
        values = {name: shortfall(window.regret[name].value) for name in RULES}
        others = words("list.comma").join(
            words(f"sim.claim.rule.{name}", value=values[name]) for name in _TOLD if name != rule
        )
        return {"rule": named, "least": values[rule], "others": others}

    def both(early: tuple[int, int], ever: tuple[int, int]) -> dict[str, str]:
        parts = [
            share(_part(count, window)) if window.paths else MISSING
            for count, window in zip((*early, *ever), (found, other) * 2, strict=True)
        ]
        return dict(zip(("with_", "without", "ever", "ever_without"), parts, strict=True))

    first = when(words, min(EARLY, study.scenario.quarters))
    melts = both((found.early_windows, other.early_windows), (found.windows, other.windows))
    falls = both((found.early_popped, other.early_popped), (found.popped, other.popped))
    return Bullets((
        words("sim.claim.melts", rise=f"{RISE:.0%}", verdict=verdict(agrees.melts), first=first,
              **melts),
        words("sim.claim.falls", fall=f"{POP:.0%}", verdict=verdict(agrees.falls), first=first,
              **falls),
        words("sim.claim.leaves", verdict=yes_or_no(agrees.leaves), **regrets(found)),
        words("sim.claim.leaves_without", **regrets(other)),
    ))  # fmt: skip
