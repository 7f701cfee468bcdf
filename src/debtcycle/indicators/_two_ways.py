"""One quantity from two sources, side by side until they agree."""

from __future__ import annotations

from dataclasses import dataclass

from debtcycle.indicators._flows import unknown
from debtcycle.indicators.model import HasReadings, Reading, Status

__all__ = ["TwoWays", "two_ways"]


@dataclass(frozen=True, slots=True)
class TwoWays(HasReadings):
    """A quantity computed from a publisher's own figures, and the same as others derive it.

    Attributes
    ----------
    name : str
        The quantity; the readings are ``<name>_published``, ``_others`` and ``_apart``.
    published, others : Reading
        For the same window.
    apart : Reading
        `published` minus `others`, in pp for shares; unknown unless both are known.
    tolerance : float
        Up to this the two agree, in the unit of `apart`.
    """

    name: str
    published: Reading
    others: Reading
    apart: Reading
    tolerance: float

    @property
    def agree(self) -> bool | None:
        """Whether the two are the same within the tolerance; None unless both are known."""
        return None if self.apart.value is None else abs(self.apart.value) <= self.tolerance

    @property
    def known(self) -> bool:
        """Whether there is anything to show."""
        return self.published.known or self.others.known


def two_ways(name: str, published: Reading, others: Reading, *, tolerance: float) -> TwoWays:
    """Put two readings of one quantity beside each other.

    Parameters
    ----------
    published, others : Reading
        In the same unit; a share in % differs in pp.
    tolerance : float
        In the unit of the difference.
    """
    unit = "pp" if published.unit == "percent" else published.unit
    indicator = f"{name}_apart"
    if published.value is None or others.value is None:
        lacking = published if published.value is None else others
        apart = unknown(indicator, unit, lacking)
    else:
        origins = tuple(dict.fromkeys((*published.origins, *others.origins)))
        apart = Reading(
            indicator,
            unit,
            published.value - others.value,
            Status.OK,
            origins,
            freshness=min(published.freshness, others.freshness),
        )
    return TwoWays(name, published, others, apart, tolerance)
