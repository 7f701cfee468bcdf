"""A dated log of laws and rules, kept by hand: a lamp beside the judgement, in no score."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import msgspec
import numpy as np

from debtcycle.catalogue.calendar import shift_months

__all__ = ["WINDOW_MONTHS", "PolicyAct", "PolicyLog", "policy_log"]

Front = Literal["fiscal", "rules"]
# An act counts as recent for so long (D).
WINDOW_MONTHS = 12


class PolicyAct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One law or rule; its name is a text, ``policy.log.<id>``."""

    id: str
    day: date
    front: Front
    direction: Literal["loosens", "tightens"]
    source: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    covers_from: date
    act: tuple[PolicyAct, ...]


@dataclass(frozen=True, slots=True)
class PolicyLog:
    """The acts known at a date, oldest first."""

    as_of: date
    covers_from: date
    acts: tuple[PolicyAct, ...]

    @property
    def recent(self) -> tuple[PolicyAct, ...]:
        """Acts of the last `WINDOW_MONTHS` months."""
        return tuple(act for act in self.acts if act.day > _months_before(self.as_of))

    def loosens(self, front: Front) -> bool | None:
        """Whether more acts loosened than tightened a front lately; None before the log."""
        if self.covers_from > _months_before(self.as_of):
            return None
        recent = [act for act in self.recent if act.front == front]
        looser = sum(act.direction == "loosens" for act in recent)
        return 2 * looser > len(recent)


def _months_before(day: date) -> date:
    shifted: date = shift_months(np.array([np.datetime64(day, "D")]), -WINDOW_MONTHS)[0].item()
    return shifted


@lru_cache(maxsize=1)
def _shipped() -> _File:
    text = (files("debtcycle.cycle") / "policy_log.toml").read_bytes()
    return msgspec.toml.decode(text, type=_File)


def policy_log(as_of: date) -> PolicyLog:
    """The log as known at a date."""
    log = _shipped()
    acts = sorted((act for act in log.act if act.day <= as_of), key=lambda act: act.day)
    return PolicyLog(as_of, log.covers_from, tuple(acts))
