"""Table, picture, frame and the command's output."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import vl_convert

from debtcycle.bubbles import (
    SupADF,
    monte_carlo,
    panel_sup_adf,
    read_series,
    sieve_bootstrap,
    sup_adf,
    wild_bootstrap,
)
from debtcycle.cli.main import run
from debtcycle.errors import ConfigError

Out = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBTCYCLE_CACHE", str(tmp_path / "kept"))


@pytest.fixture
def boom() -> SupADF:
    """A hundred months with a boom in them."""
    y = 100 + np.random.default_rng(2).normal(size=100).cumsum()
    y[60:80] += 1.25 ** np.arange(20)
    months = [f"{2000 + m // 12}-{m % 12 + 1:02}" for m in range(100)]
    return sup_adf(y, dates=months)


@pytest.fixture
def csv_file(tmp_path: Path, boom: SupADF) -> Path:
    assert boom.series.dates is not None
    rows = [f"{d},{y:.17g}" for d, y in zip(boom.series.dates, boom.series.values, strict=True)]
    path = tmp_path / "boom.csv"
    path.write_text("\n".join(["month,price", *rows]))
    return path


# --- the library ---------------------------------------------------------------------------------
def test_the_summary_of_the_sp500(sp500: SupADF) -> None:
    text = sp500.summary()
    lines = {line.split()[0]: line.split() for line in text.splitlines() if line}
    assert lines["SADF"][1] == "3.443"
    assert lines["GSADF"][1] == "4.207"
    assert "1871-01 .. 2010-12" in text
    assert lines["1928-09"][-1] == "upward"
    assert lines["1917-09"][-1] == "collapse"


def test_the_summary_says_what_was_chosen_and_left_out(boom: SupADF) -> None:
    y = boom.series.values.copy()
    y[20:50] = y[20]
    test = sup_adf(y, "bic", max_lag=1)
    critical = wild_bootstrap(test, replications=64, horizon=12)
    text = test.summary(critical, level=90, min_duration=2)
    assert "BIC, at most 1" in text
    assert "wild (12)" in text
    assert "dates with windows left out" in text
    quiet = sup_adf(np.random.default_rng(12).normal(size=60)).summary()
    assert "no episode" in quiet
    perfect = sup_adf(np.exp(0.05 * np.arange(100))).summary()
    assert "dates without a finite answer" in perfect
    assert "inf" not in perfect
    assert "ongoing" in perfect


@pytest.mark.parametrize("definition", ["bsadf", "running-max", "badf"])
def test_the_picture_renders(boom: SupADF, definition: str) -> None:
    spec = boom.plot(definition=definition)  # type: ignore[arg-type]
    svg = vl_convert.vegalite_to_svg(json.dumps(spec, allow_nan=False))
    assert "<svg" in svg
    above, below = spec["vconcat"]
    assert above["layer"][0]["data"]["values"] == below["layer"][0]["data"]["values"]


def test_pictures_have_an_axis_for_every_kind_of_date(boom: SupADF) -> None:
    values = boom.series.values
    quarters = [f"{1980 + q // 4}Q{q % 4 + 1}" for q in range(100)]
    kinds = []
    for dates in (None, quarters, boom.series.dates):
        spec = sup_adf(values, dates=dates).plot()
        kinds.append(spec["vconcat"][0]["layer"][1]["encoding"]["x"]["type"])
    assert kinds == ["quantitative", "ordinal", "temporal"]


def test_the_frame_has_statistics_and_critical_values(boom: SupADF) -> None:
    pytest.importorskip("pandas", reason="an optional extra, pandas, is not installed")
    critical = boom.critical_values()
    frame = boom.to_pandas(critical)
    assert list(frame.columns) == [
        "series", "badf", "bsadf", "flag", "critical_90", "critical_95", "critical_99",
    ]  # fmt: skip
    assert frame.index.name == "date"
    assert frame.loc["2001-07":, "bsadf"].notna().all()
    assert frame["bsadf"].max() == boom.gsadf
    chosen = sup_adf(boom.series.values, "bic", max_lag=1).to_pandas()
    assert list(chosen.columns) == ["series", "badf", "bsadf", "flag", "lags"]


def test_the_lack_of_pandas_is_said(boom: SupADF, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ConfigError, match=r"bubbles\.pandas"):
        boom.to_pandas()


def test_a_panel_has_a_table_a_picture_and_a_frame(boom: SupADF) -> None:
    pd = pytest.importorskip("pandas", reason="an optional extra, pandas, is not installed")
    values = boom.series.values
    panel = panel_sup_adf({"north": values, "south": 2 * values + 5}, dates=boom.dates)
    critical = sieve_bootstrap(panel, replications=128, seed=1)
    episodes = panel.episodes(critical)
    assert episodes
    text = panel.summary(critical, level=90)
    lines = [line.split() for line in text.splitlines() if line]
    assert ["GSADF", f"{panel.gsadf:.3f}"] == next(row for row in lines if row[0] == "GSADF")[:2]
    assert ["north", f"{boom.gsadf:.3f}"] in lines
    assert "2000-01 .. 2008-04" in text
    assert "upward" in text
    assert "sieve" in text
    spec = panel.plot(critical)
    assert "<svg" in vl_convert.vegalite_to_svg(json.dumps(spec, allow_nan=False))
    drawn = {point["line"] for point in spec["vconcat"][0]["layer"][1]["data"]["values"]}
    assert drawn == {"north", "south"}
    frame = panel.to_pandas(critical)
    assert list(frame.columns) == [
        "bsadf", "bsadf_north", "bsadf_south", "critical_90", "critical_95", "critical_99",
    ]  # fmt: skip
    assert frame.index.name == "date"
    pd.testing.assert_series_equal(frame["bsadf"].dropna(), frame["bsadf_north"].dropna(),
                                   check_names=False)  # fmt: skip
    alone = sup_adf(values).critical_values()
    for face in (panel.summary, panel.plot, panel.to_pandas, panel.episodes):
        with pytest.raises(ConfigError, match=r"bubbles\.mismatch"):
            face(alone)
    assert "no episode" in panel_sup_adf({"a": values[:50]}).summary(
        sieve_bootstrap(panel_sup_adf({"a": values[:50]}), replications=64), level=99,
        min_duration=40,
    )  # fmt: skip


def test_critical_values_of_another_sample_are_refused(boom: SupADF) -> None:
    panel = sieve_bootstrap(panel_sup_adf({"a": boom.series.values, "b": -boom.series.values}),
                            replications=64)  # fmt: skip
    chosen = monte_carlo(100, lag=4, rule="bic")
    for other in (
        monte_carlo(99), monte_carlo(100, 40, replications=64), monte_carlo(100, lag=1), panel,
        chosen,
    ):  # fmt: skip
        with pytest.raises(ConfigError, match=r"bubbles\.mismatch"):
            boom.episodes(other)
    with pytest.raises(ConfigError) as caught:
        boom.summary(chosen)
    assert caught.value.params == {
        "theirs": "n = 100, window = 19, lag = bic <= 4",
        "ours": "n = 100, window = 19, lag = 0",
    }


def test_the_library_stands_alone(tmp_path: Path) -> None:
    code = (
        "import sys; from debtcycle import bubbles; import numpy as np;"
        "bubbles.sup_adf(np.random.default_rng(1).normal(size=50).cumsum()).summary();"
        "print(sorted({m.split('.')[1] for m in sys.modules if m.startswith('debtcycle.')}));"
        "print('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["['bubbles', 'errors']", "False"]


# --- the command ---------------------------------------------------------------------------------
def test_the_json_keeps_its_contract(csv_file: Path, boom: SupADF, capsys: Out) -> None:
    words = ["bubbles", str(csv_file), "--column", "price", "--format", "json"]
    assert run(words) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["n"], found["lag"], found["window"]) == (100, 0, 19)
    for name in ("adf", "sadf", "gsadf"):
        assert found[name] == getattr(boom, name)
        assert list(found["critical"][name]) == ["90", "95", "99"]
    for name in ("badf", "bsadf"):
        assert len(found[name]) == 100
        assert found[name][:18] == [None] * 18
        assert found[name][18:] == getattr(boom, name)[18:].tolist()
    first = found["episodes"][0]
    assert set(first) >= {"start", "end", "peak", "direction"}
    assert first["start"] in found["dates"]
    assert first["direction"] == "upward"
    critical = boom.critical_values()
    assert found["critical"]["gsadf"]["95"] == critical.value("gsadf", 95)
    assert len(found["episodes"]) == len(boom.episodes(critical))


def test_the_three_sequences_of_the_command(csv_file: Path, capsys: Out) -> None:
    base = ["bubbles", str(csv_file), "--column", "price", "--format", "json"]
    found = {}
    for kind in ("bsadf", "running-max", "wild"):
        assert run([*base, "--critical", kind, "--lag", "1", "--replications", "200"]) == 0
        found[kind] = json.loads(capsys.readouterr().out)["critical"]
    assert found["bsadf"]["definition"] == found["wild"]["definition"] == "bsadf"
    assert found["running-max"]["sequence"][-1] > found["bsadf"]["sequence"][-1]
    assert found["wild"]["method"] == "wild"
    assert found["wild"]["lag"] == 1


def test_undefined_figures_are_null(tmp_path: Path, capsys: Out) -> None:
    path = tmp_path / "growth.csv"
    path.write_text("x\n" + "\n".join(repr(float(v)) for v in np.exp(0.05 * np.arange(60))))
    assert run(["bubbles", str(path), "--column", "x", "--format", "json"]) == 0
    text = capsys.readouterr().out
    found = json.loads(text)
    assert "NaN" not in text
    assert "Infinity" not in text
    assert found["gsadf"] is None
    assert found["p_value"]["gsadf"] is None
    assert found["bsadf"] == [None] * 60
    assert found["flags"][-1] == 2
    assert found["episodes"][0]["statistic"] is None
    assert found["episodes"][0]["start"] == found["window"] == 14


def test_it_is_said_where_no_dates_are_used(tmp_path: Path, csv_file: Path, capsys: Out) -> None:
    bare = tmp_path / "bare.csv"
    rows = csv_file.read_text().splitlines()
    bare.write_text("\n".join(["day,price", *rows[1:]]))
    said = {
        "en": "No dates are used: an episode is dated by the number of its observation",
        "zh": "未使用日期",
    }
    for path, undated in ((bare, True), (csv_file, False)):
        words = ["bubbles", str(path), "--column", "price"]
        for lang, text in said.items():
            assert run([*words, "--lang", lang]) == 0
            assert (text in capsys.readouterr().out) is undated
        assert run([*words, "--format", "json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["dated_by"] == ("observation" if undated else "date")
        assert isinstance(found["episodes"][0]["start"], int) is undated


@pytest.mark.parametrize(
    ("draws", "least", "shown"), [(64, 1 / 65, "<0.016"), (199, 1 / 200, "<0.005"),
                                  (999, 0.001, "<0.001"), (2000, 0.001, "<0.001")]
)  # fmt: skip
def test_no_p_value_is_finer_than_the_draws(
    boom: SupADF, draws: int, least: float, shown: str
) -> None:
    critical = wild_bootstrap(boom, replications=draws)
    assert critical.least_p == pytest.approx(least)
    assert critical.p_value("gsadf", 99.0) == critical.least_p
    rows = {line.split()[0]: line.split() for line in boom.summary(critical).splitlines() if line}
    assert rows["GSADF"][-1] == shown
    half = critical.value("gsadf", 50)
    assert critical.p_value("gsadf", half) == pytest.approx(0.5)


def test_the_text_in_both_languages(csv_file: Path, capsys: Out) -> None:
    words = ["bubbles", str(csv_file), "--column", "price"]
    assert run([*words, "--lang", "en"]) == 0
    english = capsys.readouterr().out
    assert "GSADF" in english
    assert "upward" in english
    assert run([*words, "--lang", "zh"]) == 0
    chinese = capsys.readouterr().out
    assert "爆炸根检验" in chinese
    assert "上升" in chinese
    assert "upward" not in chinese


def test_the_answer_can_go_to_a_file(csv_file: Path, tmp_path: Path, capsys: Out) -> None:
    out = tmp_path / "answer.txt"
    words = ["bubbles", str(csv_file), "--column", "price", "--lang", "en", "--level", "99"]
    assert run([*words, "--min-duration", "2", "--lag", "BIC", "--out", str(out)]) == 0
    assert capsys.readouterr().out == ""
    text = out.read_text("utf-8")
    assert "BIC, at most 4" in text
    assert "bsadf, 99%" in text
    assert "5,000" in text


def test_the_command_is_the_library(csv_file: Path, boom: SupADF, capsys: Out) -> None:
    assert run(["bubbles", str(csv_file), "--column", "price", "--lang", "en"]) == 0
    series = read_series(csv_file, "price")
    assert capsys.readouterr().out == sup_adf(series).summary()


def test_every_name_of_the_library_is_found_and_none_hides_a_module() -> None:
    from debtcycle import bubbles

    folder = Path(bubbles.__file__).parent
    assert set(bubbles.__all__) == set(dir(bubbles))
    for name in bubbles.__all__:
        assert getattr(bubbles, name) is not None
        assert not (folder / f"{name}.py").exists(), name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = bubbles.nothing
