"""The whole judgement at a date: findings, claims, stage and the record of verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from debtcycle.cycle import record as kept
from debtcycle.cycle.assess import Assessment
from debtcycle.cycle.claims import ClaimResult, claims
from debtcycle.cycle.findings import Findings, find
from debtcycle.cycle.flip import Flip
from debtcycle.cycle.replay import Record
from debtcycle.cycle.stage import StageRanking, stage
from debtcycle.cycle.verdict import Verdict
from debtcycle.views import View

__all__ = ["Judgement", "judge"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer at a date.

    Attributes
    ----------
    findings : Findings
    claims : tuple of ClaimResult
        All 44, in the order of their ids.
    stage : StageRanking
    record : Record or None
        How often each verdict was given since August 1999; None before, or where not asked for.
    """

    findings: Findings
    claims: tuple[ClaimResult, ...]
    stage: StageRanking
    record: Record | None

    @property
    def as_of(self) -> date:
        """The date of the answer."""
        return self.findings.as_of

    @property
    def assessment(self) -> Assessment:
        """Axes, gate and gauge."""
        return self.findings.assessment

    @property
    def verdict(self) -> Verdict:
        """What easing goes into."""
        return self.findings.assessment.verdict

    @property
    def axes_verdict(self) -> Verdict:
        """The same without the gate."""
        return self.findings.assessment.axes_verdict

    @property
    def confidence(self) -> float:
        """Coverage x freshness x agreement, 0-1."""
        return self.findings.assessment.confidence

    @property
    def mode(self) -> str:
        """``vintage``, ``lagged`` or ``mixed``."""
        return self.findings.assessment.mode

    @property
    def flip(self) -> Flip | None:
        """The shortest way to another verdict."""
        return self.findings.flips[0] if self.findings.flips else None

    def claim(self, number: int) -> ClaimResult:
        """One claim by its id.

        Raises
        ------
        KeyError
            If there is no such claim.
        """
        for result in self.claims:
            if result.id == number:
                return result
        raise KeyError(number)


def judge(view: View, *, record: bool = True) -> Judgement:
    """Judge the date of a view.

    Parameters
    ----------
    record : bool, default True
        Also count the verdicts of the months since August 1999: quick once they are kept beside
        the store, a few seconds the first time.
    """
    findings = find(view)
    return Judgement(
        findings, claims(findings), stage(findings), kept.record(view) if record else None
    )
