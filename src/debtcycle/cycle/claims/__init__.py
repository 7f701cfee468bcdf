"""The essay as 44 executable claims."""

from debtcycle.cycle.claims.ledger import LEDGER, claims
from debtcycle.cycle.claims.model import ClaimResult, ClaimState, Lamp

__all__ = ["LEDGER", "ClaimResult", "ClaimState", "Lamp", "claims"]
