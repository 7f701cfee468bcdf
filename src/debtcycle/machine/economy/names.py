"""Letters of sectors and instruments, and what they stand for."""

from __future__ import annotations

__all__ = ["ASSETS", "HELD", "HOLDERS", "INVESTORS", "SECTORS", "SLOW", "TREND", "held"]

SECTORS = {
    "H": "households",
    "P": "pensions",
    "X": "foreigners",
    "L": "levered",
    "B": "banks",
    "F": "firms",
    "T": "treasury",
    "C": "central_bank",
}
INVESTORS = ("H", "P", "X", "L")
HOLDERS = (*INVESTORS, "B")

SLOW = ("N", "I", "K", "G", "R", "Z")
ASSETS = ("b", *SLOW)
HELD = {
    "M": "deposits",
    "b": "bills",
    "N": "long bonds",
    "I": "inflation-protected bonds",
    "K": "credit",
    "G": "growth equity",
    "R": "real-asset equity",
    "Z": "gold",
}
# What the price of an asset is measured against: its fundamental trend.
TREND = {"I": "P", "G": "TG", "R": "TR", "Z": "TZ"}


def held(sector: str) -> tuple[str, ...]:
    """Slow assets that a sector holds."""
    return ("N", "I", "K") if sector == "B" else SLOW
