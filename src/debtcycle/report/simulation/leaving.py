"""What the essay says of the melt-up, its end and leaving it, beside what was found."""

from __future__ import annotations

from dataclasses import dataclass

from debtcycle.machine.phases import DOING, TIGHT_PP
from debtcycle.machine.study import Study
from debtcycle.machine.window import POP, RISE, RULES, Window
from debtcycle.report.document import Bullets
from debtcycle.report.simulation.reading import MISSING, share, shortfall
from debtcycle.report.words import Words

__all__ = ["Claims", "claims", "eases", "least", "leaving"]

_BOUGHT = frozenset({"q_b", "q_N", "q_I", "q_K"})


@dataclass(frozen=True, slots=True)
class Claims:
    """Whether what the essay says of the melt-up comes out.

    Attributes
    ----------
    melts, falls : bool or None
        Whether at least `DOING` more of the paths have a melt-up, and a fall, with the programme
        than without; None where nothing is bought, of which the essay speaks.
    leaves : bool
        Whether the melt-up rule is regretted less than holding and than a lot, beyond the
        intervals of all three.
    """

    melts: bool | None
    falls: bool | None
    leaves: bool


def eases(study: Study) -> bool:
    """Whether more is bought in the run with it than in the run without."""
    bought = [
        sum(value for _, name, value in plan.steps if name in _BOUGHT)
        for plan in (study.scenario.with_, study.scenario.without)
    ]
    return bought[0] > bought[1]


def _part(count: int, window: Window) -> float:
    return count / max(window.paths, 1)


def claims(study: Study) -> Claims:
    """The essay's claims on melt-up, fall and leaving, against what was found."""
    found, other = study.outcome.window, study.outcome.window_without
    melts = _part(found.windows, found) - _part(other.windows, other) >= DOING
    falls = _part(found.popped, found) - _part(other.popped, other) >= DOING
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
            return words("sim.claim.unasked")
        return words("sim.sign.agrees" if answer else "sim.sign.differs")

    def regrets(window: Window) -> dict[str, str]:
        rule = least(window)
        named = words(f"sim.rule.{rule}", rise=f"{RISE:.0%}", tight=f"{TIGHT_PP:g}")
        values = {name: shortfall(window.regret[name].value) for name in RULES}
        return {"rule": named, "least": values[rule], **values}

    def both(counts: tuple[int, int]) -> dict[str, str]:
        parts = [
            share(_part(count, window)) if window.paths else MISSING
            for count, window in zip(counts, (found, other), strict=True)
        ]
        return {"with_": parts[0], "without": parts[1]}

    melts = both((found.windows, other.windows))
    falls = both((found.popped, other.popped))
    doing = f"{100 * DOING:g}"
    return Bullets((
        words("sim.claim.melts", rise=f"{RISE:.0%}", doing=doing, verdict=verdict(agrees.melts),
              **melts),
        words("sim.claim.falls", fall=f"{POP:.0%}", doing=doing, verdict=verdict(agrees.falls),
              **falls),
        words("sim.claim.leaves", verdict=verdict(agrees.leaves), **regrets(found)),
        words("sim.claim.leaves_without", **regrets(other)),
    ))  # fmt: skip
