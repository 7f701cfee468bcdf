"""The announcement log: classes, terms and increments are read from its words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources.announcements import Announcement, parse_announcements

HEAD = (
    "date,programme,instrument,pace_usd_bn_per_month,total_usd_bn,direction,source,confirmed,"
    "effective_from,note\n"
)


def one(
    when="2009-03-18",
    instrument="longer-term Treasuries",
    pace="",
    total="",
    direction="buy",
    confirmed="yes",
    since="",
    note="",
) -> Announcement:
    row = f'{when},P,"{instrument}",{pace},{total},{direction},S,{confirmed},{since},"{note}"\n'
    (step,) = parse_announcements((HEAD + row).encode())
    return step


@pytest.mark.parametrize(
    ("instrument", "asset_class", "tenor"),
    [
        ("longer-term Treasuries", "treasury", "coupons"),
        ("Treasuries: buy 6-30y, sell/redeem 3y or less", "treasury", "coupons"),
        ("Treasury bills", "treasury", "bills"),
        ("Treasuries (redemption cap)", "treasury", "mixed"),
        ("agency MBS", "agency", "agency"),
        ("agency MBS (runoff continues into Treasury bills)", "agency", "agency"),
        ("Treasuries and agency MBS", "all", "mixed"),
        ("all purchases", "all", "mixed"),
    ],
)
def test_instruments_are_classed(instrument, asset_class, tenor):
    step = one(instrument=instrument)
    assert (step.asset_class, step.tenor) == (asset_class, tenor)


@pytest.mark.parametrize(
    ("when", "note", "months"),
    [
        ("2009-03-18", "over six months, implied 50 a month", 6.0),
        ("2009-03-18", "over the next 2 quarters", 6.0),
        ("2009-03-18", "over one year", 12.0),
        ("2009-03-18", "over several quarters", None),
        ("2009-03-18", "", None),
        ("2010-11-03", "by end of 2011Q2; about 75 a month", 239 / (365.25 / 12)),
        ("2011-09-21", "by end of June 2012", 283 / (365.25 / 12)),
        ("2012-06-20", "through the end of 2012", 194 / (365.25 / 12)),
        ("2012-06-20", "through end of 2011", None),
        ("2012-06-20", "by end of Spring 2013", None),
    ],
)
def test_a_stated_term_is_read(when, note, months):
    step = one(when=when, note=note)
    assert step.term_months == (months if months is None else pytest.approx(months))


def test_an_increment_is_read_from_a_repeated_total():
    step = one(total="1250", note="cumulative programme total, i.e. +750")
    assert (step.total_usd_bn, step.cumulative_increment_usd_bn) == (1250.0, 750.0)
    assert one(total="600").cumulative_increment_usd_bn is None


def test_a_month_counts_from_its_end():
    step = one(when="2026-02", since="2026-04", confirmed="no", pace="0")
    assert step.date == date(2026, 2, 28)
    assert step.date_is_month
    assert step.effective_from == date(2026, 4, 30)
    assert not step.confirmed
    assert step.pace_usd_bn_per_month == 0.0
    day = one(since="2009-03-25")
    assert (day.date_is_month, day.effective_from) == (False, date(2009, 3, 25))
    assert (day.pace_usd_bn_per_month, one().effective_from) == (None, None)


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        ({"when": "2026-13"}, SourceError, "source.date"),
        ({"when": "soon"}, SourceError, "source.date"),
        ({"since": "later"}, SourceError, "source.date"),
        ({"pace": "x"}, SourceError, "source.row"),
        ({"confirmed": "perhaps"}, SchemaChanged, "source.word"),
        ({"direction": "dance"}, SchemaChanged, "source.word"),
    ],
)
def test_a_wrong_step_is_refused(change, kind, message):
    with pytest.raises(kind) as caught:
        one(**change)
    assert caught.value.message_id == message
    assert caught.value.params["row"] == 2


def test_a_lost_column_is_refused():
    with pytest.raises(SchemaChanged, match=r"source\.column"):
        parse_announcements(
            HEAD.replace("effective_from", "from").encode() + b"a,b,c,d,e,f,g,h,i,j\n"
        )


@given(st.lists(st.dates(date(2000, 1, 1), date(2030, 1, 1)), min_size=1, max_size=10))
def test_steps_come_in_the_order_of_time(days):
    rows = "".join(f"{d},P{n},all,,,review,S,yes,,\n" for n, d in enumerate(days))
    steps = parse_announcements((HEAD + rows).encode())
    assert [step.date for step in steps] == sorted(days)
    same = [step.programme for step in steps if step.date == days[0]]
    assert same == [f"P{n}" for n, d in enumerate(days) if d == days[0]]
