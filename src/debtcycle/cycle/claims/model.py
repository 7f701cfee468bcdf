"""What a claim answers at a date, and the three-valued logic that it is answered with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from debtcycle.indicators._flows import Lamp as Light
from debtcycle.indicators.model import Reading

__all__ = [
    "ClaimResult",
    "ClaimState",
    "Lamp",
    "answer",
    "at_least",
    "at_most",
    "lamp_of",
    "untestable",
]


class ClaimState(StrEnum):
    """State of a claim at a date."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"  # an input is missing at the date
    UNTESTABLE = "untestable"  # no figure of this wing can decide it


@dataclass(frozen=True, slots=True)
class Lamp:
    """One sign behind a claim: on, off, or unknown (None)."""

    name: str
    on: bool | None


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """One claim at one date.

    Attributes
    ----------
    id : int
        1 to 44. Its texts are ``claim.<id>.title``, ``.rule`` and ``.what_would_change``.
    readings : tuple of Reading
        The figures behind it.
    reason : str or None
        Message id that says why it is unknown or untestable; None for the other states.
    params : tuple of (str, object)
        Further results that are not readings, by name.
    """

    id: int
    state: ClaimState
    readings: tuple[Reading, ...] = ()
    lamps: tuple[Lamp, ...] = ()
    reason: str | None = None
    params: tuple[tuple[str, object], ...] = ()


def lamp_of(light: Light) -> Lamp:
    """An indicator's lamp as a claim shows it."""
    return Lamp(light.lamp, light.lit)


def at_least(reading: Reading, threshold: float) -> bool | None:
    """Whether a reading reaches a threshold; None if it is unknown."""
    return None if reading.value is None else reading.value >= threshold


def at_most(reading: Reading, threshold: float) -> bool | None:
    """Whether a reading does not exceed a threshold; None if it is unknown."""
    return None if reading.value is None else reading.value <= threshold


def answer(
    claim: int,
    on: bool | None,
    readings: Iterable[Reading] = (),
    lamps: Iterable[Lamp] = (),
    *,
    reason: str | None = None,
    **params: object,
) -> ClaimResult:
    """True, false, or unknown with the reason: that of the first unknown reading by default."""
    readings = tuple(readings)
    if on is not None:
        state, reason = (ClaimState.TRUE if on else ClaimState.FALSE), None
    else:
        state = ClaimState.UNKNOWN
        first = next((r.status.value for r in readings if not r.known), "inputs")
        reason = reason or f"claim.reason.{first}"
    return ClaimResult(claim, state, readings, tuple(lamps), reason, tuple(params.items()))


def untestable(
    claim: int, reason: str, readings: Iterable[Reading] = (), **params: object
) -> ClaimResult:
    """A claim that no figure of this wing can decide, with what can be shown beside it."""
    return ClaimResult(
        claim, ClaimState.UNTESTABLE, tuple(readings), (), reason, tuple(params.items())
    )
