"""Numbers, widths and tables as they are printed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debtcycle.i18n import translator
from debtcycle.report.document import Table
from debtcycle.report.format import figure, percent_of_one, period_of, quantity, signed
from debtcycle.report.layout import table_lines
from debtcycle.report.plain import cell_width, fit, pad, plain_table, wrapped


@pytest.mark.parametrize(
    ("value", "unit", "en", "zh"),
    [
        (4.184, "percent", "4.18%", "4.18%"),
        (214.1, "percent", "214.1%", "214.1%"),
        (-0.75, "pp", "\u22120.75 pp", "\u22120.75个百分点"),
        (0.25, "pp", "+0.25 pp", "+0.25个百分点"),
        (-0.0001, "pp", "0.00 pp", "0.00个百分点"),
        (51.6, "bp", "+52 bp", "+52个基点"),
        (1972.6, "usd_bn", "$1,973 bn", "19,726亿美元"),
        (-182.9, "usd_bn", "\u2212$183 bn", "\u22121,829亿美元"),
        (0.394, "percent_of_gdp", "0.39% of GDP", "GDP的0.39%"),
        (118.78, "percent_of_gdp", "118.8% of GDP", "GDP的118.8%"),
        (8.1, "years", "8.1 years", "8.1年"),
        (88.0, "percentile", "percentile 88", "第88百分位"),
    ],
)
def test_a_value_has_its_unit_in_both_languages(value, unit, en, zh):
    assert quantity(value, unit, translator("en")) == en
    assert quantity(value, unit, translator("zh"), lang="zh") == zh


def test_every_unit_of_catalogue_and_readings_has_texts():
    from debtcycle.catalogue.load import UNITS

    for lang in ("en", "zh"):
        texts = translator(lang)
        for unit in UNITS | {"percent", "pp", "bp", "ratio", "percentile", "years", "count"}:
            assert f"unit.{unit}" in texts
            assert f"unit.{unit}.label" in texts


def test_a_number_that_is_none_has_no_text():
    with pytest.raises(ValueError, match="not finite"):
        figure(float("nan"), 1)


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_no_negative_nought(value, digits):
    text = figure(value, digits, plus=True)
    assert not text.startswith("\u22120.0") or any(c in "123456789" for c in text)
    assert (
        abs(float(text.replace(",", "").replace("\u2212", "-")) - value) <= 0.5 * 10**-digits + 1e-6
    )


def test_scores_shares_and_periods():
    assert (signed(0.5), signed(-1), signed(0)) == ("+0.50", "\u22121.00", "0.00")
    assert percent_of_one(0.537) == "54%"
    day = date(2025, 10, 1)
    shown = [period_of(day, f) for f in ("daily", "weekly", "monthly", "quarterly", "annual")]
    assert shown == ["2025-10-01", "2025-10-01", "2025-10", "2025-Q4", "2025"]


TEXT = st.text(alphabet="ab cd，。（）泡沫指标12.%", max_size=80)


@given(TEXT, st.integers(8, 40))
def test_wrapping_loses_nothing_and_keeps_closing_marks_with_their_word(text, width):
    lines = wrapped(text.strip(), width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(not line.startswith(("，", "。", "）")) for line in lines[1:] if lines[0])


def test_wrapping_words_and_wide_characters():
    assert wrapped("stimulus into a bubble", 10) == ["stimulus", "into a", "bubble"]
    assert wrapped("泡沫指标为88，高于60。", 10) == ["泡沫指标为", "88，高于", "60。"]
    assert wrapped("", 10) == [""]


def test_widths_in_columns():
    assert cell_width("泡沫ab") == 6
    assert pad("泡沫", 6) == "泡沫  "
    assert pad("泡沫", 6, right=True) == "  泡沫"
    assert fit("泡沫指标", 5) == "泡沫…"
    assert fit("short", 10) == "short"
    assert plain_table(["a", "值"], [["1", "22"]], right=(1,)) == "a  值\n1  22"


def test_a_table_keeps_its_figures_whole():
    table = Table(
        ("what a long heading", "a long head over figures", "remarks"),
        (("Shiller price-earnings ratio", "1,234,567", "a remark that is long " * 4),),
        frozenset({1}),
    )
    head, body = table_lines(table, 60)
    assert max(map(cell_width, [*head, *body])) <= 60
    assert any("1,234,567" in line for line in body)
