"""The store against a dictionary: whatever is appended, every earlier answer stays."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from debtcycle.catalogue import Frequency, Licence, SeriesInfo, VintagePolicy
from debtcycle.catalogue.calendar import known_from
from debtcycle.store import Basis, Document, Rows, Store
from debtcycle.store.plan import later_vintages, plan_snapshot, plan_vintages
from debtcycle.store.verify import verify

MONTHS = [date(2001 + n // 12, n % 12 + 1, 1) for n in range(18)]
ENDS = [np.datetime64(month).astype("M8[M]").astype("M8[D]") + 30 for month in MONTHS]
PROBES = [np.datetime64("2000-12-31") + np.timedelta64(37 * n, "D") for n in range(24)]
NEVER = date(2001, 10, 1)
IRREGULAR = {NEVER: None, date(2001, 5, 1): date(2001, 8, 20)}
figures = st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3))
# With -0.0 and a missing cell, which a publisher's file may have.
cells = st.one_of(figures, st.just(-0.0), st.just(math.nan))
months = st.sets(st.sampled_from(MONTHS), min_size=1, max_size=9).map(sorted)


def info(policy: VintagePolicy) -> SeriesInfo:
    return SeriesInfo(
        id=f"X_{policy.value}",
        country="US",
        publisher="P",
        name_en="x",
        name_zh="某",
        unit="percent",
        frequency=Frequency.MONTHLY,
        stamp="start",
        adjustment="NSA",
        lag_days=20,
        vintage_policy=policy,
        begins=date(2001, 2, 1),
        licence=Licence.PUBLIC_DOMAIN,
        embed=True,
        sources=(),
    )


SERIES = {policy: info(policy) for policy in VintagePolicy}
Book = dict[tuple[str, int], list[tuple[int, float]]]


def _number(day: np.datetime64 | date) -> int:
    return int(np.datetime64(day, "D").astype(int))


class StoreMachine(RuleBasedStateMachine):
    """Snapshots, vintage tables and plain batches, and a dictionary that does the same."""

    @initialize()
    def start(self) -> None:
        self.folder = TemporaryDirectory()
        self.store = Store.create(Path(self.folder.name) / "store.sqlite")
        # (series, period) -> [(known from, value)], in the order of writing.
        self.book: Book = {}
        self.documents: list[tuple[int, str]] = []
        self.written = 0
        self.batches = 0

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def _in_force(self, name: str, day: np.datetime64) -> dict[int, float]:
        """The dictionary's answer: of each period the last known, later batches over earlier."""
        found = {}
        for (series, period), cells in self.book.items():
            seen = [cell for cell in cells if cell[0] <= _number(day)]
            if series == name and seen:
                found[period] = max(enumerate(seen), key=lambda pair: (pair[1][0], pair[0]))[1][1]
        return found

    def _answers(self, name: str, day: np.datetime64) -> dict[int, float]:
        rows = self.store.rows(name).as_of(day)
        return dict(zip(rows.periods.astype(int).tolist(), rows.values.tolist(), strict=True))

    def _append(self, name: str, rows: Rows) -> None:
        before = {day: self._answers(name, day) for day in PROBES}
        added = self.store.append("test", f"payload {self.batches}", {name: rows})
        assert added == len(rows)
        self.batches += 1
        self.written += added
        for period, known, value in zip(
            rows.periods.tolist(), rows.known_from, rows.values.tolist(), strict=True
        ):
            self.book.setdefault((name, _number(period)), []).append((_number(known), value))
        earliest = rows.known_from.min() if len(rows) else np.datetime64("9999-12-31")
        for day in PROBES:
            if day < earliest:
                assert repr(self._answers(name, day)) == repr(before[day])

    @rule(
        policy=st.sampled_from(list(VintagePolicy)),
        chosen=months,
        data=st.data(),
        fetched=st.sampled_from(ENDS),
    )
    def snapshot(self, policy: VintagePolicy, chosen: list, data: st.DataObject, fetched) -> None:
        one = SERIES[policy]
        periods = np.array(chosen, dtype="M8[D]")
        values = np.array([data.draw(cells) for _ in chosen])
        retrieved = fetched.item()
        held = self.store.rows(one.id)
        rows = plan_snapshot(one, IRREGULAR, periods, values, held, retrieved).rows
        assert not np.isnan(rows.values).any()
        assert NEVER not in rows.periods.tolist()
        assert (rows.periods >= np.datetime64(one.begins)).all()
        # What was in force on a day keeps its figure on that day: a snapshot only dates later.
        kept = {day: self._answers(one.id, day) for day in PROBES}
        self._append(one.id, rows)
        for day in (day for day in PROBES if day < fetched):
            now = self._answers(one.id, day)
            assert repr({p: now[p] for p in kept[day]}) == repr(kept[day])
        again = plan_snapshot(
            one, IRREGULAR, periods, values, self.store.rows(one.id), retrieved
        ).rows
        assert len(again) == 0, "the same snapshot twice adds nothing"
        if policy is VintagePolicy.UNREVISED:
            own = known_from(one, rows.periods, IRREGULAR)
            assert (rows.known_from <= own).all()
            assert (rows.basis == int(Basis.UNREVISED)).all()

    @rule(first=st.integers(3, 10), count=st.integers(1, 4), data=st.data())
    def vintages(self, first: int, count: int, data: st.DataObject) -> None:
        one = SERIES[VintagePolicy.VINTAGE]
        entries: dict[tuple[int, int], float] = {}
        for vintage in range(first, first + count):
            for period in range(max(0, vintage - 4), vintage):
                if data.draw(st.booleans()):
                    entries[vintage, period] = data.draw(cells)
        if not entries:
            return
        periods = np.array([MONTHS[period] for _, period in entries], dtype="M8[D]")
        seen_at = np.array([ENDS[vintage] for vintage, _ in entries], dtype="M8[D]")
        values = np.array(list(entries.values()))
        planned = plan_vintages(one, IRREGULAR, periods, values, seen_at)
        assert (planned.known_from <= seen_at.max()).all()
        rows = later_vintages(planned, self.store.rows(one.id))
        self._append(one.id, rows)
        if len(self.store.rows(one.id)) and (rows.basis == int(Basis.VINTAGE)).any():
            again = later_vintages(planned, self.store.rows(one.id))
            assert len(again) == 0, "the same vintage table twice adds nothing"

    @rule(day=st.sampled_from(PROBES), text=st.text(max_size=20))
    def document(self, day: np.datetime64, text: str) -> None:
        text = text.encode("utf-8", "replace").decode().replace("\0", "")
        self.store.append("log", f"payload {self.batches}", {}, [Document("note", day, text)])
        self.documents.append((_number(day), text))
        self.batches += 1
        self.written += 1

    @rule()
    def reopen(self) -> None:
        path = self.store.path
        self.store.close()
        self.store = Store(path)

    @invariant()
    def answers_are_those_of_the_dictionary(self) -> None:
        for one in SERIES.values():
            for day in PROBES[::5]:
                assert repr(sorted(self._answers(one.id, day).items())) == repr(
                    sorted((p, v + 0.0) for p, v in self._in_force(one.id, day).items())
                )

    @invariant()
    def nothing_is_lost(self) -> None:
        held = sum(len(self.store.rows(name)) for name in self.store.series)
        assert held + len(self.documents) == self.written
        assert [batch.id for batch in self.store.batches()] == list(range(1, self.batches + 1))
        assert sum(batch.rows for batch in self.store.batches()) == self.written
        found = [(_number(d.known_from), d.payload) for d in self.store.documents("note")]
        assert sorted(found) == sorted(self.documents)
        assert len(verify(self.store)) == self.batches


def _settings(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        # Shrinking a machine of this size takes minutes; the failing steps are printed as they are.
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = _settings(25, 12)


@pytest.mark.soak
def test_five_thousand_steps() -> None:
    run_state_machine_as_test(StoreMachine, settings=_settings(100, 50))
