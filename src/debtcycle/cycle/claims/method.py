"""Claims 18 and 19: the milestone in the cycle, and teaching instead of advice."""

from __future__ import annotations

from debtcycle.cycle.claims.model import ClaimResult, Lamp, answer, lamp_of
from debtcycle.cycle.findings import Findings
from debtcycle.cycle.stage import Stage, stage

__all__ = ["claim_18", "claim_19"]

# Stages in which debts that cannot be paid in hard money are met with printed money.
LATE_STAGES = frozenset({Stage.TOP, Stage.DELEVERAGING})


def claim_18(findings: Findings) -> ClaimResult:
    """A milestone of the cycle: its late stages lead, or are one of two not told apart."""
    found = stage(findings)
    on = None
    if found.leading is not None:
        on = bool(LATE_STAGES & {found.leading, *found.between})
    lead = found.ranking[0]
    supported = [(s.stage, None if s.support is None else s.support > 0) for s in found.ranking]
    lamps = (
        *(Lamp(f"stage_{name}", sign) for name, sign in supported),
        *(lamp_of(light) for light in found.red_lights),
    )
    return answer(
        18,
        on,
        (item.reading for item in lead.evidence),
        lamps,
        stage=found.leading,
        between=found.between,
        policy=found.policy,
    )


def claim_19(findings: Findings) -> ClaimResult:
    """Teach, do not advise: every figure names its source, and none is an advice.

    True if every known reading of the date carries the birth certificates of its figures.
    """
    made = [reading for reading in findings.readings if reading.known]
    bare = [reading for reading in made if not reading.origins]
    lamps = (Lamp("every_figure_sourced", not bare if made else None),)
    return answer(19, not bare if made else None, bare, lamps, readings_known=len(made))
