"""What a comparison of two answers says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from debtcycle.cycle.changes.items import Item, Told
from debtcycle.indicators.model import Reading
from debtcycle.sources.announcements import Announcement

__all__ = ["Arrival", "Change", "Moved", "News", "ProgramChange", "Since"]


class News(StrEnum):
    """What a figure that has become known is."""

    NEW = "new"  # a period that had none
    REVISED = "revised"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A figure that was not known, or not so, at the time of the earlier answer.

    Attributes
    ----------
    was, was_known_from : float or None, date or None
        The figure that was in force: of the same period, or for a new one of the period before.
    was_period : date or None
        Period of `was`.
    now, known_from : float or None, date
        None where it was withdrawn.
    late : bool
        Known before the earlier answer's date, but not then in the store.
    """

    series: str
    unit: str
    news: News
    period: date
    was_period: date | None
    was: float | None
    was_known_from: date | None
    now: float | None
    known_from: date
    late: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """A reading that is not what it was.

    Attributes
    ----------
    was, now : Reading
    by_revision, by_new : float or None
        Parts of the change of the value: what revised figures alone would have made of it on
        the earlier date, and the rest, which is that of new periods and of time. None where one
        of the values is unknown.
    arrivals : tuple of Arrival
        Newest first. None moved a reading that only time has moved.
    """

    was: Reading
    now: Reading
    by_revision: float | None
    by_new: float | None
    arrivals: tuple[Arrival, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A watched item that is not what was last told.

    Attributes
    ----------
    told : Told
    item : Item
        As it is now; for a change by the program, as the new program sees the earlier date.
    moved : tuple of Moved
        The readings behind it that moved, largest movement first. Empty for a change by the
        program, and where the earlier state of the store cannot be had any more.
    """

    told: Told
    item: Item
    moved: tuple[Moved, ...]


@dataclass(frozen=True, slots=True)
class ProgramChange:
    """The program is not the one that gave the earlier answer.

    Attributes
    ----------
    was, now : str
        Versions; the same where only the rules' text differs.
    changes : tuple of Change
        What the new program says of the earlier date and its figures where the earlier one said
        something else. They are no news.
    """

    was: str
    now: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Since:
    """The difference between the last answer seen and today's.

    Attributes
    ----------
    then, now : date
        The days of both.
    changes : tuple of Change
        Made by figures and time, in the order of their kinds.
    program : ProgramChange or None
    other_store : bool
        The store does not begin as it did: why something changed cannot be said.
    announced : tuple of Announcement
        Announcements that have come in since.
    """

    then: date
    now: date
    changes: tuple[Change, ...]
    program: ProgramChange | None = None
    other_store: bool = False
    announced: tuple[Announcement, ...] = ()

    @property
    def anything(self) -> bool:
        """Whether there is something to tell."""
        return bool(self.changes or self.other_store) or self.program is not None
