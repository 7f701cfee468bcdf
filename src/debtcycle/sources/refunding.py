"""Quarterly refunding: financing need, net bill issuance and the share of bills.

USD billions and a share. ``2009Q1`` is the first day of that quarter. Net bill issuance is what
was issued in the end, so the day of the announcement is not the day by which it was known.
"""

from __future__ import annotations

from debtcycle.sources._table import quarter_start, read_table
from debtcycle.sources.parsed import Parsed

__all__ = ["matches", "parse"]

_KEYS = {
    "financing_need_bn": "QRA_FINANCING_NEED",
    "total_financing_need_bn": "QRA_FINANCING_NEED",
    "net_bills_bn": "QRA_NET_BILLS",
    "net_bill_issuance_bn": "QRA_NET_BILLS",
    "bill_share": "QRA_BILL_SHARE",
}


def matches(header: tuple[str, ...]) -> bool:
    """Whether a header line is one of the two refunding tables."""
    return header[:1] == ("quarter",) and len(set(_KEYS) & set(header)) >= 2


def parse(data: bytes, name: str) -> tuple[Parsed, ...]:
    """Read either table; SourceError or SchemaChanged where it is not what it was."""
    table = read_table(data, name)
    keys = {column: key for column, key in _KEYS.items() if column in table.header}
    if not keys:
        table.index("financing_need_bn")
    return table.parsed(keys, date_column="quarter", read=quarter_start)
