"""FRED-MD: single states, the archive and the table of changes tell the same history."""

import io
import lzma
import tarfile
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from debtcycle.errors import SchemaChanged, SourceError
from debtcycle.sources import fredmd

MONTHLY = "sasdate,AAA,PCEPI\nTransform:,2,6\n1/1/1999,4.5,1\n2/1/1999,,2\n"


def archive(files, mode="w"):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode=mode) as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            if text is None:
                member.type = tarfile.DIRTYPE
                tar.addfile(member)
                continue
            content = text.encode()
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return lzma.compress(raw.getvalue())


def state(part, at):
    """The state at a day, by the rule of the module's docstring."""
    known = part.vintages <= np.datetime64(at)
    cells = dict(zip(part.periods[known].tolist(), part.values[known].tolist(), strict=True))
    return {month: figure for month, figure in cells.items() if figure == figure}


def test_the_name_dates_the_state():
    parts = fredmd.parse(MONTHLY.encode(), "FRED-MD_1999-04.csv")
    assert [part.key for part in parts] == ["FRED-MD:AAA", "FRED-MD:PCEPI"]
    assert set(parts[0].vintages.tolist()) == {date(1999, 4, 30)}
    np.testing.assert_array_equal(parts[0].values, [4.5, np.nan])


@pytest.mark.parametrize(
    ("last", "vintage"), [("2/1/1999", date(1999, 3, 31)), ("12/1/1999", date(2000, 1, 31))]
)
def test_without_a_name_the_state_is_of_the_month_after_the_last(last, vintage):
    text = f"sasdate,AAA\nTransform:,2\n1/1/1999,1\n{last},2\n,\n"
    (part,) = fredmd.parse(text.encode(), "current.csv")
    assert part.vintages[-1] == np.datetime64(vintage)


def test_quarters_begin_on_their_first_day():
    text = "sasdate,GDPC1\nfactors,0\ntransform,5\n3/1/1959,10\n6/1/1959,11\n"
    (part,) = fredmd.parse(text.encode(), "FRED-QD_2025.csv")
    assert part.key == "FRED-QD:GDPC1"
    assert part.vintages is None
    assert part.periods.tolist() == [date(1959, 1, 1), date(1959, 4, 1)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sasdate,A\n1/1/1999,1\n", "source.column"),
        ("sasdate,A\nTransform:,1\n", "source.empty"),
        ("sasdate,A\nTransform:,1\n1/1/1999,x\n", "source.row"),
    ],
)
def test_a_changed_file_is_refused(text, message):
    with pytest.raises(SourceError) as caught:
        fredmd.parse(text.encode(), "2000-01.csv")
    assert caught.value.message_id == message


cell = st.sampled_from(["", "1", "2", "3.5", "-1e3"])
row = st.lists(cell, min_size=3, max_size=3)


@settings(max_examples=40)
@given(st.lists(st.lists(row, min_size=1, max_size=5), min_size=1, max_size=5), st.data())
def test_the_archive_rebuilds_every_state(states, data):
    files, expected = {}, {}
    for index, rows in enumerate(states):
        names = data.draw(st.sets(st.sampled_from("ABC"), min_size=1).map(sorted))
        lines = ["sasdate," + ",".join(names), "Transform:," + ",".join("1" for _ in names)]
        held = {}
        for month, cells in enumerate(rows, start=1):
            lines.append(f"{month}/1/1999," + ",".join(cells[: len(names)]))
            for name, written in zip(names, cells, strict=False):
                if written:
                    held.setdefault(name, {})[date(1999, month, 1)] = float(written)
        files[f"2000-{index + 1:02}.csv"] = "\n".join(lines)
        expected[date(2000, index + 1, 28)] = held
    shuffled = data.draw(st.permutations(list(files.items())))
    parts = (
        fredmd.parse_archive(archive(dict(shuffled)), "x.tar.xz") if any(expected.values()) else ()
    )
    for when, held in expected.items():
        month = np.datetime64(when, "M") + 1
        seen = {part.key[8:]: state(part, month.astype("M8[D]") - 1) for part in parts}
        assert {key: cells for key, cells in seen.items() if cells} == held


def test_a_withdrawn_series_is_missing_from_then_on():
    files = {"d": None, "d/1999-03.csv": MONTHLY, "d/1999-04.csv": MONTHLY.replace("AAA", "BBB")}
    parts = {part.key: part for part in fredmd.parse_archive(archive(files), "x")}
    assert state(parts["FRED-MD:AAA"], "1999-03-31") == {date(1999, 1, 1): 4.5}
    assert state(parts["FRED-MD:AAA"], "1999-04-30") == {}
    assert np.isnan(parts["FRED-MD:AAA"].values[-1])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (archive({"2000-01.csv": MONTHLY})[:200], "source.broken"),
        (b"\xfd7zXZ\0" + b"x" * 50, "source.broken"),
        (lzma.compress(b"date,value\n"), "source.compressed"),
        (lzma.compress(b"x" * 257 + b"ustar" + b"y" * 900), "source.broken"),
        (archive({}), "source.compressed"),
        (archive({"d": None}), "source.empty"),
        (archive({"readme.csv": MONTHLY}), "source.archive"),
        (archive({"2000-13.csv": MONTHLY}), "source.archive"),
        (
            archive({"2000-01.csv": "sasdate,A\nfactors,1\ntransform,1\n3/1/1999,1\n"}),
            "source.archive",
        ),
        (archive({"2000-01.csv": MONTHLY + "2/1/1999,1,1\n"}), "source.order"),
        (archive({"2000-01.csv": MONTHLY + "3/1/1999,1,-\n"}), None),
        (archive({"2000-01.csv": MONTHLY + "3/1/1999,1,1e999\n"}), "source.row"),
        (archive({"2000-01.csv": MONTHLY + "3/1/1999,1,abc\n"}), "source.row"),
    ],
)
def test_archives_are_judged(data, message):
    if message is None:
        assert len(fredmd.parse_archive(data, "x.tar.xz")) == 2
        return
    with pytest.raises(SourceError) as caught:
        fredmd.parse_archive(data, "x.tar.xz")
    assert caught.value.message_id == message


def test_an_archive_that_unfolds_too_far_is_refused(monkeypatch):
    monkeypatch.setattr(fredmd, "MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(SourceError, match=r"source\.too_large"):
        fredmd.parse_archive(lzma.compress(b"0" * 100_000), "x.tar.xz")


CHANGES = (
    "series,date,vintage,value\nB,1999-01-01,2000-02,7\nA,1999-01-01,2000-01,1\n"
    "A,1999-01-01,2000-03,\nA,1999-02-01,2000-02,3\n"
)


def parquet(columns):
    arrow = pytest.importorskip("pyarrow", reason="an optional extra, pyarrow, is not installed")
    write = pytest.importorskip(
        "pyarrow.parquet", reason="an optional extra, pyarrow, is not installed"
    ).write_table
    out = io.BytesIO()
    write(arrow.table(columns), out)
    return out.getvalue()


@pytest.mark.parametrize("encoded", [True, False, None])
def test_the_table_of_changes_keeps_withdrawals(encoded):
    if encoded is None:
        data = CHANGES.encode()
    else:
        arrow = pytest.importorskip(
            "pyarrow", reason="an optional extra, pyarrow, is not installed"
        )
        names = arrow.array(["B", "A", "A", "A"])
        data = parquet(
            {
                "series": names.dictionary_encode() if encoded else names,
                "date": arrow.array([date(1999, 1, 1)] * 3 + [date(1999, 2, 1)]),
                "vintage": ["2000-02", "2000-01", "2000-03", "2000-02"],
                "value": [7.0, 1.0, None, 3.0],
            }
        )
    parts = {part.key: part for part in fredmd.parse_changes(data, "x")}
    assert set(parts) == {"FRED-MD:A", "FRED-MD:B"}
    part = parts["FRED-MD:A"]
    assert part.periods.tolist() == [date(1999, 1, 1)] * 2 + [date(1999, 2, 1)]
    assert part.vintages.tolist() == [date(2000, 1, 31), date(2000, 3, 31), date(2000, 2, 29)]
    np.testing.assert_array_equal(part.values, [1, np.nan, 3])


@pytest.mark.parametrize(
    ("line", "kind", "message"),
    [
        ("A,1999-01-01,2000-01,2", SchemaChanged, "source.duplicate"),
        ("A,1999-01-01,2000-13,2", SourceError, "source.date"),
        ("A,1999-01-01,soon,2", SourceError, "source.date"),
        ("A,1999-13-01,2000-01,2", SourceError, "source.date"),
        ("A,1999-01-01,2000-05,x", SourceError, "source.row"),
    ],
)
def test_wrong_changes_are_refused(line, kind, message):
    with pytest.raises(kind) as caught:
        fredmd.parse_changes((CHANGES + line).encode(), "x")
    assert caught.value.message_id == message


def test_other_parquet_files_are_refused(monkeypatch):
    day = [date(2000, 1, 1)]
    good = {"series": ["A"], "date": day, "vintage": ["2000-01"], "value": [1.0]}
    for change, message in (
        ({"value": [float("inf")]}, "source.row"),
        ({"date": [None]}, "source.column"),
        ({"series": [None]}, "source.row"),
        ({"value": ["x"]}, "source.column"),
    ):
        with pytest.raises(SourceError) as caught:
            fredmd.parse_changes(parquet({**good, **change}), "x")
        assert caught.value.message_id in {message, "source.date"}
    with pytest.raises(SchemaChanged, match=r"source\.column"):
        fredmd.parse_changes(parquet({"a": [1]}), "x")
    with pytest.raises(SourceError, match=r"source\.broken"):
        fredmd.parse_changes(parquet(good)[:-8], "x")
    with pytest.raises(SourceError, match=r"source\.empty"):
        fredmd.parse_changes(_no_rows(), "x")
    monkeypatch.setattr(fredmd, "_MAX_ROWS", 0)
    with pytest.raises(SourceError, match=r"source\.too_large"):
        fredmd.parse_changes(parquet(good), "x")


def _no_rows():
    arrow = pytest.importorskip("pyarrow", reason="an optional extra, pyarrow, is not installed")
    text = arrow.array([], arrow.string())
    return parquet(
        {
            "series": text,
            "date": arrow.array([], arrow.date32()),
            "vintage": text,
            "value": arrow.array([], arrow.float64()),
        }
    )


def test_a_missing_reader_is_named(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(SourceError) as caught:
        fredmd.parse_changes(b"PAR1....PAR1", "x.parquet")
    assert caught.value.message_id == "source.needs"
    assert caught.value.params["module"] == "pyarrow"


def test_text_with_another_header_is_refused():
    with pytest.raises(SchemaChanged, match=r"source\.column"):
        fredmd.parse_changes(b"a,b\n1,2\n", "x")
