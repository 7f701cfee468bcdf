"""The scale of the judgement: two anchors per input, in plain units.

Every input is scored ``-0.5 + (x - depression) / (bubble - depression)``, clipped to [-1, 1]:
+0.5 at its bubble anchor, -0.5 at its depression anchor. The anchors are the essay's own two
lists of conditions, fixed before anything was computed; a reader can check a score by hand.
"""

from __future__ import annotations

from dataclasses import dataclass

from debtcycle.indicators.model import Axis

__all__ = ["ANCHORS", "TARGET_PCE_PCT", "Anchor", "score"]

TARGET_PCE_PCT = 2.0  # the central bank's target for PCE inflation, announced in 2012


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where an input stands in a depression and in a bubble.

    Attributes
    ----------
    on_percentile : bool
        The anchors are percentiles of the reading, not its value.
    exists_with : str
        Series with whose beginning the input exists at a date.
    """

    indicator: str
    axis: Axis
    depression: float
    bubble: float
    exists_with: str
    on_percentile: bool = False

    @property
    def distance(self) -> float:
        """Signed distance from the depression anchor to the bubble anchor."""
        return self.bubble - self.depression


def score(position: float, depression: float, bubble: float) -> float:
    """Score of a position between two anchors, in [-1, 1].

    Examples
    --------
    >>> score(80, 50, 80), score(50, 50, 80), score(65, 50, 80), score(99, 50, 80)
    (0.5, -0.5, 0.0, 1.0)
    """
    raw = -0.5 + (position - depression) / (bubble - depression)
    return max(-1.0, min(1.0, raw))


_V, _G, _I, _C = Axis.VALUATION, Axis.GROWTH, Axis.INFLATION, Axis.CREDIT

ANCHORS: tuple[Anchor, ...] = (
    Anchor("cape", _V, 50.0, 80.0, "SHILLER_CAPE", on_percentile=True),
    Anchor("cape_yield_gap", _V, 80.0, 20.0, "SHILLER_CAPE", on_percentile=True),
    Anchor("drawdown", _V, -20.0, -2.0, "SHILLER_PRICE"),
    Anchor("unemployment_gap", _G, 1.5, 0.25, "UNRATE"),
    Anchor("unemployment_change", _G, 0.5, 0.0, "UNRATE"),
    Anchor("real_growth", _G, 0.0, 2.0, "GDPC1"),
    Anchor("claims_change", _G, 25.0, 0.0, "ICSA"),
    Anchor("core_pce_gap", _I, -0.5, 0.5, "PCEPILFE"),
    Anchor("pce_gap", _I, -0.5, 0.5, "PCEPI"),
    Anchor("core_pce_trend", _I, -0.25, 0.25, "PCEPILFE"),
    Anchor("breakeven", _I, 1.5, 2.5, "T10YIE"),
    Anchor("baa_spread", _C, 80.0, 20.0, "BAA", on_percentile=True),
    Anchor("bank_credit_gap", _C, -5.0, 0.0, "TOTBKCR"),
    Anchor("lending_standards", _C, 30.0, 0.0, "DRTSCILM"),
    Anchor("vix", _C, 30.0, 16.0, "VIX"),
)
