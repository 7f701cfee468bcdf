"""Names of one economy in the files of different publishers."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BIS_ECONOMIES", "Economy", "by_bis"]


@dataclass(frozen=True, slots=True)
class Economy:
    """One economy.

    Attributes
    ----------
    bis : str
        Two letters, as the Bank for International Settlements writes them.
    iso : str
        Three letters, as the Macrohistory Database writes them.
    listed : str or None
        Name in the list of systemic banking crises; None where it has no crisis of the economy.
    """

    bis: str
    iso: str
    listed: str | None


# The economies of the credit gap file but the euro area, which is no country of the crisis list.
BIS_ECONOMIES = tuple(
    Economy(bis, iso, listed)
    for bis, iso, listed in (
        ("AR", "ARG", "Argentina"), ("AT", "AUT", "Austria"), ("AU", "AUS", None),
        ("BE", "BEL", "Belgium"), ("BR", "BRA", "Brazil"), ("CA", "CAN", None),
        ("CH", "CHE", "Switzerland"), ("CL", "CHL", "Chile"), ("CN", "CHN", "China"),
        ("CO", "COL", "Colombia"), ("CZ", "CZE", "Czech Republic"), ("DE", "DEU", "Germany"),
        ("DK", "DNK", "Denmark"), ("ES", "ESP", "Spain"), ("FI", "FIN", "Finland"),
        ("FR", "FRA", "France"), ("GB", "GBR", "United Kingdom"), ("GR", "GRC", "Greece"),
        ("HK", "HKG", None), ("HU", "HUN", "Hungary"), ("ID", "IDN", "Indonesia"),
        ("IE", "IRL", "Ireland"), ("IL", "ISR", "Israel"), ("IN", "IND", "India"),
        ("IT", "ITA", "Italy"), ("JP", "JPN", "Japan"), ("KR", "KOR", "Korea"),
        ("LU", "LUX", "Luxembourg"), ("MX", "MEX", "Mexico"), ("MY", "MYS", "Malaysia"),
        ("NL", "NLD", "Netherlands"), ("NO", "NOR", "Norway"), ("NZ", "NZL", None),
        ("PL", "POL", "Poland"), ("PT", "PRT", "Portugal"), ("RU", "RUS", "Russia"),
        ("SA", "SAU", None), ("SE", "SWE", "Sweden"), ("SG", "SGP", None),
        ("TH", "THA", "Thailand"), ("TR", "TUR", "Türkiye"), ("US", "USA", "United States"),
        ("ZA", "ZAF", None),
    )
)  # fmt: skip


def by_bis(code: str) -> Economy | None:
    """The economy of two letters; None for the euro area and other groups."""
    return next((economy for economy in BIS_ECONOMIES if economy.bis == code), None)
