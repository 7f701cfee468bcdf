"""The readings of CLAIMS.md sections 3 and 4 a second time: slow, in pandas, from the rows alone.

Written from the specification and not from the package: of the package only the rows of the store
and the entries of the catalogue (unit, frequency, lag, substitutes) are used. Each function gives
``(value, percentile)``; None where the specification makes the reading unknown.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

Pair = tuple[float | None, float | None]
NOTHING: Pair = (None, None)
_MONTHS = {"monthly": 1, "quarterly": 3, "annual": 12}
BREAKS = (pd.Timestamp("2008-10-01"), pd.Timestamp("2010-03-31"))


class Plain:
    """Readings at a date from a store's rows."""

    def __init__(self, store: Any, catalogue: Any, as_of: date) -> None:
        self.store, self.catalogue = store, catalogue
        self.day = pd.Timestamp(as_of)
        self._known: dict[str, pd.Series] = {}

    # --- what was known -----------------------------------------------------------------------
    def known(self, name: str) -> pd.Series:
        if name not in self._known:
            rows = self.store.rows(name)
            frame = pd.DataFrame(
                {
                    "period": pd.DatetimeIndex(rows.periods.astype("M8[s]")),
                    "known": pd.DatetimeIndex(rows.known_from.astype("M8[s]")),
                    "value": rows.values,
                }
            )
            frame = frame[frame.known <= self.day].sort_values(["period", "known"], kind="stable")
            last = frame.drop_duplicates("period", keep="last").set_index("period").value
            self._known[name] = last.dropna()
        return self._known[name]

    def fresh(self, name: str) -> bool:
        """Period ended at most two periods (three weeks) and the release lag ago."""
        values, info = self.known(name), self.catalogue[name]
        if values.empty:
            return False
        last, span = values.index[-1], _MONTHS.get(str(info.frequency))
        if span is None:
            limit = last + pd.Timedelta(days=21)
        else:
            ahead = 2 * span if info.stamp == "end" else 3 * span - 1
            limit = (last.to_period("M") + ahead).end_time.normalize()
        lag = info.lag_days if info.lag_from == "end" else 0
        return bool(self.day <= limit + pd.Timedelta(days=lag))

    def used(self, name: str) -> str | None:
        """The series, or the first substitute that is fresh."""
        return next((n for n in (name, *self.catalogue[name].substitutes) if self.fresh(n)), None)

    def usd_bn(self, name: str) -> pd.Series:
        return self.known(name) / {"usd_mn": 1000.0, "usd_bn": 1.0}[self.catalogue[name].unit]

    def rank(
        self, history: pd.Series, value: float | None, start: str | None = "1960"
    ) -> float | None:
        """Mid-rank of a value in a sample of which it is itself a part."""
        if value is None:
            return None
        if start == "1960" and self.day < pd.Timestamp("1975-01-01"):
            start = None
        sample = history[history.index >= pd.Timestamp(f"{start}-01-01")] if start else history
        if len(sample) < 2 or (sample.index[-1] - sample.index[0]).days < 9.9 * 365.25:
            return None
        everything = np.append(sample.to_numpy(), value)
        return (
            float(pd.Series(everything).rank(method="average").iloc[-1] - 0.5)
            / len(everything)
            * 100
        )

    def ranked(self, history: pd.Series, value: float | None, start: str | None = "1960") -> Pair:
        rank = self.rank(history, value, start)
        return NOTHING if rank is None else (value, rank)

    # --- prices -------------------------------------------------------------------------------
    def cape_now(self) -> float | None:
        if not self.fresh("SHILLER_CAPE"):
            return None
        monthly, price = self.known("SHILLER_CAPE"), self.known("SHILLER_PRICE")
        month, close = monthly.index[-1], self.used("SPX")
        if close is None or month not in price.index:
            return float(monthly.iloc[-1])
        closes = self.known(close)
        if closes.index[-1] < month:
            return float(monthly.iloc[-1])
        return float(monthly.iloc[-1] * closes.iloc[-1] / price[month])

    def ten_year(self) -> float | None:
        name = self.used("DGS10")
        return None if name is None else float(self.known(name).iloc[-1])

    def ten_year_history(self) -> pd.Series:
        return self.known("GS10").combine_first(self.known("SHILLER_LONG_RATE"))

    # --- the fifteen inputs -------------------------------------------------------------------
    def cape(self) -> Pair:
        return self.ranked(self.known("SHILLER_CAPE"), self.cape_now())

    def cape_yield_gap(self) -> Pair:
        cape, bond = self.cape_now(), self.ten_year()
        if cape is None or bond is None:
            return NOTHING
        rate = self.known("GS10")
        old = self.known("SHILLER_LONG_RATE")
        rate = pd.concat([old[old.index < rate.index[0]] if len(rate) else old, rate])
        history = (100 / self.known("SHILLER_CAPE") - rate).dropna()
        return self.ranked(history, 100 / cape - bond)

    def drawdown(self) -> Pair:
        name = self.used("SPX")
        if name is None:
            return NOTHING
        closes = self.known(name)
        return float(closes.iloc[-1] / closes.max() - 1) * 100, None

    def _jobless_gap(self) -> float | None:
        rate = self.known("UNRATE")
        if not self.fresh("UNRATE"):
            return None
        window = rate[rate.index > rate.index[-1] - pd.DateOffset(months=120)]
        return None if len(window) < 108 else float(rate.iloc[-1] - window.mean())

    def unemployment_gap(self) -> Pair:
        return self._jobless_gap(), None

    def _then(self, values: pd.Series, months: int) -> float | None:
        found = values.get(values.index[-1] - pd.DateOffset(months=months))
        return None if found is None else float(found)

    def unemployment_change(self) -> Pair:
        rate = self.known("UNRATE")
        before = self._then(rate, 12) if self.fresh("UNRATE") else None
        return (None if before is None else float(rate.iloc[-1]) - before), None

    def _growth(self, name: str, months: int, power: float = 1.0) -> float | None:
        if not self.fresh(name):
            return None
        values = self.known(name)
        before = self._then(values, months)
        return None if before is None else ((float(values.iloc[-1]) / before) ** power - 1) * 100

    def real_growth(self) -> Pair:
        ended = (self.day.to_period("Q") - 1).start_time
        gdp = self.known("GDPC1")
        published = self.fresh("GDPC1") and gdp.index[-1] >= ended
        if not published and self.fresh("INDPRO"):
            return self._growth("INDPRO", 12), None
        return self._growth("GDPC1", 12), None

    def claims_change(self) -> Pair:
        if not self.fresh("ICSA"):
            return NOTHING
        weeks = self.known("ICSA").asfreq("7D")
        mean = weeks.rolling(4).mean()
        now = float(mean.iloc[-1])
        then = float(mean.iloc[-14]) if len(mean) > 13 else float("nan")
        change = (now / then - 1) * 100
        return (None if np.isnan(change) else change), None

    def core_pce_gap(self) -> Pair:
        growth = self._growth("PCEPILFE", 12)
        return (None if growth is None else growth - 2), None

    def pce_gap(self) -> Pair:
        growth = self._growth("PCEPI", 12)
        return (None if growth is None else growth - 2), None

    def core_pce_trend(self) -> Pair:
        half, year = self._growth("PCEPILFE", 6, 2.0), self._growth("PCEPILFE", 12)
        return (None if half is None or year is None else half - year), None

    def breakeven(self) -> Pair:
        return (float(self.known("T10YIE").iloc[-1]) if self.fresh("T10YIE") else None), None

    def baa_spread(self) -> Pair:
        spread = (self.known("BAA") - self.known("GS10")).dropna()
        if self.fresh("BAA10Y"):
            return self.ranked(spread, float(self.known("BAA10Y").iloc[-1]))
        if not (self.fresh("BAA") and self.fresh("GS10")) or spread.empty:
            return NOTHING
        return self.ranked(spread.iloc[:-1], float(spread.iloc[-1]))

    def bank_credit_gap(self) -> Pair:
        if not (self.fresh("TOTBKCR") and self.fresh("GDP")):
            return NOTHING
        credit, gdp = self.known("TOTBKCR"), self.known("GDP")
        end = credit.index[-1]
        year = end - pd.Timedelta(weeks=52)
        base = self._then(gdp, 60)
        if any(year < day <= end for day in BREAKS) or year not in credit.index or base is None:
            return NOTHING
        trend = (float(gdp.iloc[-1]) / base) ** (1 / 5) - 1
        return (float(credit.iloc[-1] / credit[year]) - 1 - trend) * 100, None

    def lending_standards(self) -> Pair:
        return (float(self.known("DRTSCILM").iloc[-1]) if self.fresh("DRTSCILM") else None), None

    def vix(self) -> Pair:
        if not self.fresh("VIX"):
            name = self.used("VIX")
            return (None if name is None else float(self.known(name).iloc[-1])), None
        days = self.known("VIX").iloc[-21:]
        return (float(days.mean()) if len(days) == 21 else None), None

    # --- stimulus -----------------------------------------------------------------------------
    def _gdp(self) -> float | None:
        return float(self.usd_bn("GDP").iloc[-1]) if self.fresh("GDP") else None

    def _weekly_change(self, name: str, weeks: int) -> float | None:
        gdp, stock = self._gdp(), self.usd_bn(name)
        if gdp is None or not self.fresh(name):
            return None
        before = stock.get(stock.index[-1] - pd.Timedelta(weeks=weeks))
        return None if before is None else float(stock.iloc[-1] - before) / gdp * 100

    def _assets(self, weeks: int, months: int) -> Pair:
        gdp, total = self._gdp(), self.known("WALCL")
        begun = len(total) and total.index[0] <= total.index[-1] - pd.Timedelta(weeks=weeks)
        if begun:
            return self._weekly_change("WALCL", weeks), None
        if gdp is None or not self.fresh("BOGMBASE"):
            return NOTHING
        base = self.usd_bn("BOGMBASE")
        before = self._then(base, months)
        return (None if before is None else (float(base.iloc[-1]) - before) / gdp * 100), None

    def assets_13w(self) -> Pair:
        return self._assets(13, 3)

    def assets_52w(self) -> Pair:
        return self._assets(52, 12)

    def securities_13w(self) -> Pair:
        return self._weekly_change("WSHOSHO", 13), None

    def _target(self, day: pd.Timestamp) -> float | None:
        for name in ("DFEDTARU", "DFEDTAR"):
            values = self.known(name)
            values = values[values.index <= day]
            if len(values) and (day - values.index[-1]).days <= 21:
                return float(values.iloc[-1])
        return None

    def policy_rate(self) -> Pair:
        target = self._target(self.day)
        if target is None and self.fresh("FEDFUNDS"):
            target = float(self.known("FEDFUNDS").iloc[-1])
        return target, None

    def _rate_change(self, months: int) -> Pair:
        now, then = (
            self._target(self.day),
            self._target(self.day - pd.DateOffset(months=months)),
        )
        if now is not None and then is not None:
            return now - then, None
        if not self.fresh("FEDFUNDS"):
            return NOTHING
        funds = self.known("FEDFUNDS")
        before = self._then(funds, months)
        return (None if before is None else float(funds.iloc[-1]) - before), None

    def rate_change_6m(self) -> Pair:
        return self._rate_change(6)

    def rate_change_12m(self) -> Pair:
        return self._rate_change(12)

    def real_policy_rate(self) -> Pair:
        rate, pi = self.policy_rate()[0], self._growth("PCEPILFE", 12)
        return (None if rate is None or pi is None else rate - pi), None

    def rule_rate(self) -> Pair:
        pi, gap = self._growth("PCEPILFE", 12), self._jobless_gap()
        if pi is None or gap is None:
            return NOTHING
        return max(0.125, 1 + pi + 0.5 * (pi - 2) - gap), None

    def rate_minus_rule(self) -> Pair:
        rate, rule = self.policy_rate()[0], self.rule_rate()[0]
        return (None if rate is None or rule is None else rate - rule), None

    # --- gauges -------------------------------------------------------------------------------
    def gauge_cape(self) -> Pair:
        return self.ranked(self.known("SHILLER_CAPE"), self.cape_now(), None)

    def _market_value(self, other: str) -> Pair:
        if not (self.fresh("NCBEILQ027S") and self.fresh(other)):
            return NOTHING
        equities = self.usd_bn("NCBEILQ027S")
        # Equities stand at the quarter's end: money of its last month, output of the quarter.
        below = self.usd_bn(other)
        if other == "M2SL":
            below.index = below.index - pd.DateOffset(months=2)
        below = below.reindex(equities.index)
        ratio = (equities / below).dropna() * 100
        return self.ranked(ratio.iloc[:-1], float(ratio.iloc[-1]), None)

    def gauge_market_gdp(self) -> Pair:
        return self._market_value("GDP")

    def gauge_market_money(self) -> Pair:
        return self._market_value("M2SL")

    def gauge_dividend_growth(self) -> Pair:
        price, cpi = self.used("SPX"), self.used("CPIAUCSL")
        bond = self.ten_year()
        if price is None or cpi is None or bond is None or not self.fresh("SHILLER_DIVIDEND"):
            return NOTHING
        dividends, prices = self.known("SHILLER_DIVIDEND"), self.known(cpi)
        decade = self._then(prices, 120)
        if decade is None:
            return NOTHING
        inflation = ((float(prices.iloc[-1]) / decade) ** 0.1 - 1) * 100
        payout = float(dividends.iloc[-1] / self.known(price).iloc[-1]) * 100
        old = prices.copy()
        old.index = old.index + pd.DateOffset(months=120)
        yearly = ((prices / old) ** 0.1 - 1) * 100
        history = (
            self.known("GS10") + 3 - dividends / self.known("SHILLER_PRICE") * 100 - yearly
        ).dropna()
        history = history[history.index >= "1960-01-01"]
        return self.ranked(history, bond + 3 - payout - inflation, None)

    def gauge_equity_share(self) -> Pair:
        if not self.fresh("BOGZ1FL153064486Q"):
            return NOTHING
        share = self.known("BOGZ1FL153064486Q")
        return self.ranked(share.iloc[:-1], float(share.iloc[-1]), None)

    def gauge_vix(self) -> Pair:
        name = self.used("VIX")
        if name is None:
            return NOTHING
        index = self.known(name)
        value, rank = self.ranked(index.iloc[:-1], float(index.iloc[-1]), None)
        return value, None if rank is None else 100 - rank

    def gauge_real_return_3y(self) -> Pair:
        """Three years of price changes with a twelfth of the yearly dividend, over CPI."""
        close = self.used("SPX")
        price, cpi = self.known("SHILLER_PRICE"), self.known("SHILLER_CPI")
        if close is None or len(price) < 37:
            return NOTHING
        dividend = self.known("SHILLER_DIVIDEND").reindex(price.index, method="ffill")
        cpi = cpi.reindex(price.index, method="ffill")
        nominal = ((price + dividend / 12) / price.shift()).fillna(1.0).cumprod()
        real = nominal / (cpi / cpi.iloc[0])
        history = ((real / real.shift(36)) ** (1 / 3) - 1).dropna() * 100
        base = real.get(self.day.replace(day=1) - pd.DateOffset(months=36))
        if base is None:
            return NOTHING
        last = float(self.known(close).iloc[-1])
        today = float(real.iloc[-1]) * last / float(price.iloc[-1])
        return self.ranked(history, ((today / float(base)) ** (1 / 3) - 1) * 100, None)

    def gauge_margin_gdp(self) -> Pair:
        if not (self.fresh("MARGIN_DEBT") and self.fresh("GDP")):
            return NOTHING
        debt = self.usd_bn("MARGIN_DEBT")
        gdp = self.usd_bn("GDP")
        gdp.index = gdp.index + pd.DateOffset(months=2)  # a quarter counts once it has ended
        ratio = (debt / gdp.reindex(debt.index, method="ffill") * 100).dropna()
        return self.ranked(ratio.iloc[:-1], float(ratio.iloc[-1]), None)

    def gauge_margin_growth(self) -> Pair:
        cpi = self.used("CPIAUCSL")
        if not self.fresh("MARGIN_DEBT") or cpi is None:
            return NOTHING
        debt = self.known("MARGIN_DEBT")
        real = (debt / self.known(cpi).reindex(debt.index)).dropna()
        old = real.copy()
        old.index = old.index + pd.DateOffset(months=12)
        growth = ((real / old - 1) * 100).dropna()
        if growth.empty or growth.index[-1] != real.index[-1]:
            return NOTHING
        return self.ranked(growth.iloc[:-1], float(growth.iloc[-1]), None)

    def gauge_technology_investment(self) -> Pair:
        if not (self.fresh("A679RC1Q027SBEA") and self.fresh("GDP")):
            return NOTHING
        share = (self.usd_bn("A679RC1Q027SBEA") / self.usd_bn("GDP")).dropna()
        ratio = (share / share.rolling(40).mean()).dropna()
        if ratio.empty:
            return NOTHING
        return self.ranked(ratio.iloc[:-1], float(ratio.iloc[-1]), None)


INPUTS = (
    "cape",
    "cape_yield_gap",
    "drawdown",
    "unemployment_gap",
    "unemployment_change",
    "real_growth",
    "claims_change",
    "core_pce_gap",
    "pce_gap",
    "core_pce_trend",
    "breakeven",
    "baa_spread",
    "bank_credit_gap",
    "lending_standards",
    "vix",
)
STIMULUS = (
    "assets_13w",
    "assets_52w",
    "securities_13w",
    "policy_rate",
    "rate_change_6m",
    "rate_change_12m",
    "real_policy_rate",
    "rule_rate",
    "rate_minus_rule",
)
GAUGES = (
    "gauge_cape",
    "gauge_market_gdp",
    "gauge_market_money",
    "gauge_dividend_growth",
    "gauge_equity_share",
    "gauge_vix",
    "gauge_real_return_3y",
    "gauge_margin_gdp",
    "gauge_margin_growth",
    "gauge_technology_investment",
)
