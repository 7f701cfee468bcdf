"""The registry of the 44 claims: permanent ids, each with the function that answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from debtcycle.cycle.claims import fiscal, markets, mechanism, method, stimulus
from debtcycle.cycle.claims.model import ClaimResult
from debtcycle.cycle.findings import Findings

__all__ = ["LEDGER", "claims"]

LEDGER: Mapping[int, Callable[[Findings], ClaimResult]] = MappingProxyType(
    {
        1: stimulus.claim_1,
        2: stimulus.claim_2,
        3: stimulus.claim_3,
        4: stimulus.claim_4,
        5: fiscal.claim_5,
        6: markets.claim_6,
        7: markets.claim_7,
        8: markets.claim_8,
        9: markets.claim_9,
        10: markets.claim_10,
        11: markets.claim_11,
        12: markets.claim_12,
        13: fiscal.claim_13,
        14: fiscal.claim_14,
        15: stimulus.claim_15,
        16: stimulus.claim_16,
        17: fiscal.claim_17,
        18: method.claim_18,
        19: method.claim_19,
        20: mechanism.NEEDS_MODEL[20],
        21: mechanism.NEEDS_MODEL[21],
        22: mechanism.NEEDS_MODEL[22],
        23: mechanism.claim_23,
        24: mechanism.NEEDS_MODEL[24],
        25: mechanism.NEEDS_MODEL[25],
        26: mechanism.NEEDS_MODEL[26],
        27: mechanism.NEEDS_MODEL[27],
        28: mechanism.claim_28,
        29: mechanism.claim_29,
        30: mechanism.claim_30,
        31: mechanism.claim_31,
        32: mechanism.claim_32,
        33: mechanism.claim_33,
        34: mechanism.claim_34,
        35: mechanism.NEEDS_MODEL[35],
        36: mechanism.claim_36,
        37: mechanism.claim_37,
        38: mechanism.claim_38,
        39: mechanism.NEEDS_MODEL[39],
        40: markets.claim_40,
        41: markets.claim_41,
        42: markets.claim_42,
        43: fiscal.claim_43,
        44: fiscal.claim_44,
    }
)


def claims(findings: Findings) -> tuple[ClaimResult, ...]:
    """All claims at the date of the findings, in the order of their ids."""
    return tuple(LEDGER[number](findings) for number in sorted(LEDGER))
