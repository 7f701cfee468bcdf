"""Publishers' figures as tables of countries by years, and what is made of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from debtcycle.crises._check import Floats, frozen
from debtcycle.crises.economies import BIS_ECONOMIES
from debtcycle.crises.labels import lagged
from debtcycle.errors import SchemaChanged
from debtcycle.sources.parsed import Parsed

__all__ = [
    "LISTED_FROM",
    "LISTED_UNTIL",
    "MacroHistory",
    "Ratios",
    "bis_ratios",
    "listed_crises",
    "macro_history",
    "sector_debt",
]

# Years that the list of systemic banking crises looks at, as its own title says.
LISTED_FROM, LISTED_UNTIL = 1970, 2025
_JST = {
    "loans": "tloans",
    "household_loans": "thh",
    "business_loans": "tbus",
    "gdp": "gdp",
    "cpi": "cpi",
    "house_price": "hpnom",
    "equity_gain": "eq_capgain",
    "long_rate_pct": "ltrate",
    "crisis": "crisisJST",
    "crisis_old": "crisisJST_old",
}
Ints = NDArray[np.int64]


def _years(days: NDArray[np.datetime64]) -> Ints:
    return days.astype("datetime64[Y]").astype(np.int64) + 1970


def _log(values: Floats) -> Floats:
    """Logarithm; NaN where there is none."""
    there = values > 0
    return np.log(np.where(there, values, np.nan))


@dataclass(frozen=True, slots=True)
class MacroHistory:
    """The Macrohistory Database as tables, shape (countries, years).

    Attributes
    ----------
    countries : tuple of str
        Three letters each.
    years : int64 array
        Consecutive.
    loans, household_loans, business_loans, gdp : float64 arrays
        In the country's own money, one unit within a country.
    cpi, house_price : float64 arrays
        Index numbers.
    equity_gain : float64 array
        Change of equity prices over the year, as a share.
    long_rate_pct : float64 array
    crisis, crisis_old : float64 arrays
        1 in the year in which a systemic financial crisis begins: today's list and the earlier.
    """

    countries: tuple[str, ...]
    years: Ints
    loans: Floats
    household_loans: Floats
    business_loans: Floats
    gdp: Floats
    cpi: Floats
    house_price: Floats
    equity_gain: Floats
    long_rate_pct: Floats
    crisis: Floats
    crisis_old: Floats

    @property
    def real_loan_growth(self) -> Floats:
        """Change of the logarithm of loans over consumer prices."""
        real = _log(self.loans) - _log(self.cpi)
        return real - lagged(real, 1)

    @property
    def real_equity_growth(self) -> Floats:
        """Change of the logarithm of equity prices over consumer prices."""
        prices = _log(self.cpi)
        return _log(1.0 + self.equity_gain) - (prices - lagged(prices, 1))

    @property
    def real_house_growth(self) -> Floats:
        """Change of the logarithm of house prices over consumer prices."""
        real = _log(self.house_price) - _log(self.cpi)
        return real - lagged(real, 1)

    @property
    def household_debt_pct(self) -> Floats:
        """Bank loans to households, percent of GDP."""
        return 100.0 * self.household_loans / self.gdp

    @property
    def business_debt_pct(self) -> Floats:
        """Bank loans to firms, percent of GDP."""
        return 100.0 * self.business_loans / self.gdp

    def until(self, year: int) -> MacroHistory:
        """The tables up to and including a year."""
        return self._cut(self.years <= year)

    def since(self, year: int) -> MacroHistory:
        """The tables from a year on."""
        return self._cut(self.years >= year)

    def _cut(self, kept: NDArray[np.bool_]) -> MacroHistory:
        tables = {name: frozen(getattr(self, name)[:, kept].copy()) for name in _JST}
        return MacroHistory(self.countries, self.years[kept], **tables)

    def only(self, countries: Sequence[str]) -> MacroHistory:
        """Some of the countries, in the order of the tables."""
        kept = [at for at, code in enumerate(self.countries) if code in countries]
        tables = {name: frozen(getattr(self, name)[kept].copy()) for name in _JST}
        return MacroHistory(tuple(self.countries[at] for at in kept), self.years, **tables)


def macro_history(parts: Iterable[Parsed]) -> MacroHistory:
    """Tables of what `debtcycle.sources.jst.parse` has read."""
    found = {tuple(part.key.split(":")[1:]): part for part in parts}
    countries = tuple(dict.fromkeys(key[0] for key in found))
    seen = np.concatenate([_years(part.periods) for part in found.values()])
    years = np.arange(seen.min(), seen.max() + 1, dtype=np.int64)
    tables = {}
    for name, column in _JST.items():
        table = np.full((len(countries), len(years)), np.nan)
        for at, code in enumerate(countries):
            part = found[code, column]
            table[at, _years(part.periods) - years[0]] = part.values
        tables[name] = frozen(table)
    return MacroHistory(countries, years, **tables)


@dataclass(frozen=True, slots=True)
class Ratios:
    """Credit to GDP of one economy as the BIS publishes it, with its own trend and gap.

    Attributes
    ----------
    economy : str
        Two letters.
    quarters : datetime64[D] array, shape (n,)
    ratio_pct : float64 array, shape (n,)
    gap_quarters : datetime64[D] array, shape (m,)
    gap_pp : float64 array, shape (m,)
        The published gap, four decimals.
    """

    economy: str
    quarters: NDArray[np.datetime64]
    ratio_pct: Floats
    gap_quarters: NDArray[np.datetime64]
    gap_pp: Floats

    def until(self, last: np.datetime64) -> Ratios:
        """The quarters up to and including one, by its first day."""
        own, gap = self.quarters <= last, self.gap_quarters <= last
        return Ratios(
            self.economy, self.quarters[own], self.ratio_pct[own],
            self.gap_quarters[gap], self.gap_pp[gap],
        )  # fmt: skip


def bis_ratios(parts: Iterable[Parsed]) -> tuple[Ratios, ...]:
    """Ratios and published gaps of every economy of the credit gap file, in alphabetical order.

    Raises
    ------
    SchemaChanged
        ``source.column`` where an economy has a gap and no ratio, or none has both.
    """
    found = {part.key.removeprefix("BIS:"): part for part in parts}
    codes = sorted({key.split(":")[1] for key in found if key.endswith(":P:A:C")})
    ratios = []
    for code in codes or ["US"]:
        ratio, gap = found.get(f"Q:{code}:P:A:A"), found.get(f"Q:{code}:P:A:C")
        if ratio is None or gap is None:
            shown = ", ".join(sorted(found)[:4])
            raise SchemaChanged("source.column", name="BIS", column=f"Q:{code}:P:A:A", found=shown)
        ratios.append(Ratios(code, ratio.periods, ratio.values, gap.periods, gap.values))
    return tuple(ratios)


def at_year_end(periods: NDArray[np.datetime64], values: Floats, years: Ints) -> Floats:
    """Figures of the fourth quarters, by year; NaN where there is none."""
    months = periods.astype("datetime64[M]").astype(np.int64)
    last = months % 12 == 9
    position = months[last] // 12 + 1970 - years[0]
    inside = (position >= 0) & (position < len(years))
    found = np.full(len(years), np.nan)
    found[position[inside]] = values[last][inside]
    return found


def sector_debt(
    parts: Iterable[Parsed], sector: str, countries: Sequence[str], years: Ints
) -> Floats:
    """Total credit to a sector at the end of each year, percent of GDP.

    Parameters
    ----------
    parts : iterable of Parsed
        What `debtcycle.sources.bis.parse` has read of the total credit file.
    sector : {"H", "N"}
        Households; non-financial corporations.
    countries : sequence of str
        Three letters each.
    years : int64 array

    Returns
    -------
    ndarray, shape (countries, years)
        All lenders, market value, adjusted for breaks; NaN where the file has no figure.
    """
    codes = {economy.iso: economy.bis for economy in BIS_ECONOMIES}
    found = {part.key: part for part in parts}
    table = np.full((len(countries), len(years)), np.nan)
    for at, iso in enumerate(countries):
        part = found.get(f"BIS:Q:{codes.get(iso, '')}:{sector}:A:M:770:A")
        if part is not None:
            table[at] = at_year_end(part.periods, part.values, years)
    return table


def listed_crises(parts: Iterable[Parsed], economies: Sequence[str], years: Ints) -> Floats:
    """Beginnings of systemic banking crises, shape (economies, years).

    Parameters
    ----------
    parts : iterable of Parsed
        What `debtcycle.sources.bankingcrises.parse` has read.
    economies : sequence of str
        Two letters each; the euro area has no crises of its own: NaN throughout.

    Raises
    ------
    SchemaChanged
        ``source.column`` where a country whose crises are known has gone from the list: another
        spelling would pass for a calm country.
    """
    found = {part.key.removeprefix("LV:"): part for part in parts}
    names = {economy.bis: economy.listed for economy in BIS_ECONOMIES}
    table = np.full((len(economies), len(years)), np.nan)
    listed = (years >= LISTED_FROM) & (years <= LISTED_UNTIL)
    for at, code in enumerate(economies):
        if code not in names:
            continue
        table[at, listed] = 0.0
        name = names[code]
        if name is None:
            continue
        if name not in found:
            shown = ", ".join(sorted(found)[:4])
            raise SchemaChanged("source.column", name="LV", column=name, found=shown)
        position = _years(found[name].periods) - years[0]
        inside = position[(position >= 0) & (position < len(years))]
        table[at, inside] = 1.0
    return table
