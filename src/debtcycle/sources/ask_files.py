"""How publishers of single files are asked: FRED-MD and FRED-QD, BIS, FINRA, Shiller."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from debtcycle.catalogue import SeriesInfo
from debtcycle.sources import bis, finra, fredmd, shiller
from debtcycle.sources._table import month_end
from debtcycle.sources._zip import only_member
from debtcycle.sources.steps import Form, Question, Request, Steps

__all__ = [
    "ask_bis",
    "ask_finra",
    "ask_fredmd",
    "ask_shiller",
    "bis_questions",
    "fredmd_questions",
    "has_key",
]

_BIS_TABLES = ("WS_CREDIT_GAP",)
# A month's file is there at the latest so many days after the month.
_FILE_DAYS = 10
_NEW_NAMES = (2025, 1)
_MOST_VINTAGES = 240


def has_key(info: SeriesInfo, prefix: str) -> bool:
    """Whether a table whose keys begin so carries the series."""
    if prefix == "FRED-MD:" and info.fredmd is not None:
        return True
    return any(key.startswith(prefix) for key in info.sources)


def _months_between(last: np.datetime64, today: date) -> list[str]:
    """Months after that of the last known state whose files must be there."""
    months = np.arange(last.astype("M8[M]") + np.timedelta64(1, "M"), np.datetime64(today, "M"))
    return [
        str(month)
        for month in months[-_MOST_VINTAGES:]
        if month_end(int(str(month)[:4]), int(str(month)[5:7])) + timedelta(days=_FILE_DAYS)
        <= today
    ]


def fredmd_questions(
    infos: Sequence[SeriesInfo], name: str, known: np.datetime64 | None, today: date
) -> tuple[Question, ...]:
    """The months since the last known state, in order of time, then the current file.

    Parameters
    ----------
    infos : sequence of SeriesInfo
        The catalogue's series.
    known : datetime64 or None
        Day of the newest state of FRED-MD that is stored; without one only the current file.
    """
    found: list[Question] = []
    for table, prefix in (("monthly", "FRED-MD:"), ("quarterly", "FRED-QD:")):
        series = tuple(info.id for info in infos if has_key(info, prefix))
        if not series:
            continue
        months = _months_between(known, today) if known is not None and table == "monthly" else []
        found += (
            Question(
                publisher=name,
                name=f"{table}-{month}",
                series=series,
                options=(("table", table), ("month", month)),
            )
            for month in (*months, "current")
        )
    return tuple(found)


def ask_fredmd(question: Question, today: date) -> Steps:  # noqa: ARG001 - as all steps
    """One file of all series: the current one, or that of a month."""
    options = dict(question.options)
    table, month = options["table"], options["month"]
    file = f"{month}.csv"
    if month != "current" and (int(month[:4]), int(month[5:7])) >= _NEW_NAMES:
        file = f"{month}-{'md' if table == 'monthly' else 'qd'}.csv"
    body = yield Request(publisher="fredmd", path=f"/fred-md/{table}/{file}")
    return fredmd.parse(body, file)


def bis_questions(series: tuple[str, ...], name: str) -> tuple[Question, ...]:
    """One question a table."""
    return tuple(Question(publisher=name, name=table, series=series) for table in _BIS_TABLES)


def ask_bis(question: Question, today: date) -> Steps:  # noqa: ARG001 - as all steps
    """One packed table with a column a quarter."""
    body = yield Request(
        publisher="bis", path=f"/static/bulk/{question.name}_csv_col.zip", form=Form.ZIP
    )
    return bis.parse(only_member(body, question.name, ".csv"), question.name)


def ask_finra(question: Question, today: date) -> Steps:  # noqa: ARG001 - as all steps
    """The workbook of margin statistics."""
    body = yield Request(
        publisher="finra",
        path="/sites/default/files/2021-03/margin-statistics.xlsx",
        form=Form.WORKBOOK,
    )
    return finra.parse(body, question.name)


def ask_shiller(question: Question, today: date) -> Steps:  # noqa: ARG001 - as all steps
    """The workbook of the long history of the stock market."""
    body = yield Request(publisher="shiller", path="/ie_data.xls", form=Form.WORKBOOK)
    return shiller.parse(body, question.name)
