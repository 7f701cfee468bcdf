"""Financial Accounts (Z.1): net purchases of Treasuries by holder, USD millions a quarter.

Flows of the quarter, not annualised. Dates are quarter ends in the file and first days of the
quarter here. Before 1952 the accounts are annual: the year's flow stands in the fourth quarter.
"""

from __future__ import annotations

from debtcycle.sources._table import quarter_start, read_table
from debtcycle.sources.parsed import Parsed

__all__ = ["matches", "parse"]

_KEYS = {
    "fed_tsy_tx": "Z1_TSY_FED",
    "bank_depository_tsy_tx": "Z1_TSY_BANKS",
    "credit_unions_total_tsy_tx_direct": "Z1_TSY_CREDIT_UNIONS",
    "row_tsy_tx": "Z1_TSY_ROW",
    "minus_treasury_operating_cash_tx": "Z1_TREASURY_CASH_DRAWDOWN",
    "fed_remit_positive": "Z1_FED_REMITTANCES",
}


def matches(header: tuple[str, ...]) -> bool:
    """Whether a header line is that of the holders' table."""
    return header[:1] == ("date",) and {"fed_tsy_tx", "row_tsy_tx"} <= set(header)


def parse(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read the holders' table; SourceError or SchemaChanged where it is not what it was."""
    return read_table(data, name).parsed(_KEYS, date_column="date", read=quarter_start)
