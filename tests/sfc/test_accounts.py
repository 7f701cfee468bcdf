"""Accounts: random consistent models pass, random inconsistent ones are all refused."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from debtcycle import sfc
from debtcycle.errors import ModelError
from debtcycle.sfc.library import list_models, load_model


@dataclass(frozen=True, slots=True)
class Payment:
    payer: int
    receiver: int
    fixed: float
    share: float

    def amount(self) -> str:
        """A sum, and a share of what the payer holds; the issuer pays the sum alone."""
        return f"{self.fixed}" + (f" + {self.share}*H{self.payer}[-1]" if self.payer else "")


@dataclass(frozen=True, slots=True)
class Economy:
    """Sector 0 issues money and bonds, the others hold them and pay one another."""

    sectors: int
    payments: tuple[Payment, ...]
    bonds: tuple[float, ...]
    fault: str = ""
    at: int = 0

    def text(self) -> str:
        lines = ["model R", "unit money, bond", f"sector {', '.join(self.names())}"]
        lines += ["parameter p = 1.5 [money/bond]"]
        others = range(1, self.sectors)
        for i in others:
            lines += [f"variable H{i} = {20 * i} [money]", f"variable B{i} = {i} [bond]"]
            lines.append(f"equation d(H{i}) = {self.income(i)} - p*d(B{i})")
            lines.append(f"equation B{i} = B{i}[-1] + {self.bonds[i - 1]}")
        total_h = " + ".join(f"H{i}" for i in others)
        total_b = " + ".join(f"B{i}" for i in others)
        first_h, first_b = sum(20 * i for i in others), sum(others)
        lines += [f"variable Ms = {first_h} [money]", f"variable Bs = {first_b} [bond]"]
        extra = " + 0.7" if self.fault == "issue" else ""
        lines.append(f"equation Ms = Ms[-1] - ({self.income(0)}) - p*d(Bs){extra}")
        lines.append(f"equation Bs = {total_b}")
        held = ", ".join(f"s{i} H{i}" for i in others)
        owned = ", ".join(f"s{i} B{i}" for i in others)
        lines += [f"stock money: {held}, s0 -Ms", f"stock bonds price p: {owned}, s0 -Bs"]
        for number, payment in enumerate(self.payments):
            if self.fault == "undeclared" and number == self.at:
                continue
            other = f" ~ 0.9*({payment.amount()})" if self.broken("ends", number) else ""
            ends = f"s{payment.payer} -> s{payment.receiver}"
            lines.append(f"flow f{number}: {ends}: {payment.amount()}{other}")
        lines.append(f"redundant {total_h} = Ms")
        return "\n".join(lines) + "\n"

    def names(self) -> list[str]:
        return [f"s{i}" for i in range(self.sectors)]

    def broken(self, fault: str, number: int) -> bool:
        return self.fault == fault and number == self.at

    def income(self, sector: int) -> str:
        """What a sector receives less what it pays, as its equation has it."""
        terms = ["0"]
        for number, payment in enumerate(self.payments):
            if payment.receiver == sector and not self.broken("forgotten", number):
                terms.append(f"+ ({payment.amount()})")
            if payment.payer == sector:
                sign = "+" if self.broken("sign", number) else "-"
                terms.append(f"{sign} ({payment.amount()})")
        return " ".join(terms)


@st.composite
def economies(draw: st.DrawFn) -> Economy:
    sectors = draw(st.integers(2, 5))
    place = st.integers(0, sectors - 1)
    payments = []
    for _ in range(draw(st.integers(1, 6))):
        payer = draw(place)
        receiver = draw(place.filter(lambda other, payer=payer: other != payer))
        fixed, share = draw(st.integers(1, 50)), draw(st.integers(0, 20)) / 100
        payments.append(Payment(payer, receiver, float(fixed), share))
    bonds = draw(
        st.lists(st.integers(-2, 5).map(float), min_size=sectors - 1, max_size=sectors - 1)
    )
    return Economy(sectors, tuple(payments), tuple(bonds))


# A stock that comes down to nought: its rounding is small against the payments, not against it.
@example(
    Economy(
        2,
        (
            Payment(1, 0, 1.0, 0.14),
            Payment(1, 0, 33.0, 0.01),
            Payment(0, 1, 44.0, 0.0),
            Payment(1, 0, 1.0, 0.1),
            Payment(1, 0, 14.0, 0.2),
        ),
        (4.0,),
    )
)
@given(economies())
@settings(max_examples=20, deadline=None)
def test_consistent_models_pass(economy: Economy) -> None:
    closes(economy)


@pytest.mark.soak
@given(economies())
@settings(max_examples=1_000, deadline=None)
def test_a_thousand_consistent_models_pass(economy: Economy) -> None:
    closes(economy)


def closes(economy: Economy) -> None:
    compiled = sfc.read(economy.text()).compile()
    run = compiled.run(12, shocks=[sfc.Shock(4, "p", 1.8)])
    assert run.worst_account < 1e-12
    flows = run.matrices(7).transaction_flows
    assert np.abs(flows.row_sums).max() < 1e-10 * flows.size
    assert np.abs(flows.column_sums).max() < 1e-10 * flows.size


FAULTS = ("issue", "undeclared", "ends", "forgotten", "sign")


@pytest.mark.parametrize("fault", FAULTS)
@given(economies(), st.integers(0, 5))
@settings(max_examples=8, deadline=None)
def test_inconsistent_models_are_all_refused(fault: str, economy: Economy, at: int) -> None:
    is_refused(economy, fault, at)


@pytest.mark.soak
@pytest.mark.parametrize("fault", FAULTS)
@given(economies(), st.integers(0, 5))
@settings(max_examples=400, deadline=None)
def test_many_inconsistent_models_are_all_refused(fault: str, economy: Economy, at: int) -> None:
    is_refused(economy, fault, at)


def is_refused(economy: Economy, fault: str, at: int) -> None:
    broken = replace(economy, fault=fault, at=at % len(economy.payments))
    with pytest.raises(ModelError) as caught:
        sfc.read(broken.text()).compile().run(12)
    assert caught.value.message_id == "model.accounts"
    assert caught.value.params["period"]
    assert caught.value.params["label"]


@pytest.mark.parametrize("name", list_models())
def test_published_models_close(name: str) -> None:
    run = load_model(name).compile().run(40)
    assert run.worst_account < 1e-12
    assert run.accounts
    for period in (2, 40):
        matrices = run.matrices(period)
        flows = matrices.transaction_flows
        assert np.abs(flows.column_sums).max() <= 1e-12 * flows.size
        assert np.abs(flows.row_sums).max() <= 1e-12 * flows.size


PRICED = """\
model P "bonds"
sector h, g
parameter pb = 10
parameter B = 3
variable CG
variable Bh = 3
variable M = 0
variable K = 1
equation CG = {gain}
equation Bh = B
equation d(M) = -pb*d(Bh)
equation K = 0.9*K[-1]
stock bonds price pb: h Bh, g -Bh
stock money: h M, g -M
stock real capital: g K
revaluation bonds: h CG, g -CG
revaluation capital: g -0.1*K[-1]
flow nothing: h -> g: 0*K
"""


def test_declared_revaluations_are_checked_against_prices() -> None:
    shocks = [sfc.Shock(2, "pb", 12.0), sfc.Shock(3, "B", 4.0)]
    run = sfc.read(PRICED.format(gain="d(pb)*Bh[-1]")).compile().run(4, shocks=shocks)
    matrices = run.matrices(2)
    assert matrices.revaluation.values[0].tolist() == pytest.approx([6.0, -6.0])
    assert matrices.revaluation.values[1, 1] == pytest.approx(-0.1 * run["K"][1, 0])
    assert matrices.balance_sheet.rows[-1] == "net_worth"
    # Wealth changes by what is saved and by what is revalued.
    for period in (2, 3):
        now, then = (
            run.matrices(t).balance_sheet.values[0:2, 0].sum() for t in (period, period - 1)
        )
        gains = np.nansum(run.matrices(period).revaluation.values[:, 0])
        assert now - then == pytest.approx(gains)
    with pytest.raises(ModelError) as caught:
        sfc.read(PRICED.format(gain="pb*d(Bh)")).compile().run(4, shocks=shocks)
    assert caught.value.params["kind"] == "revaluation"
    assert caught.value.params["period"] == 2


def test_write_offs_are_no_transactions() -> None:
    text = """\
model W
sector b, f
parameter npl = 0.1
variable L = 100
variable V = 100
equation L = (1 - npl)*L[-1]
equation V = V[-1] - npl*L[-1]
stock loans: b L, f -L
revaluation loans: b -npl*L[-1], f npl*L[-1]
flow none: b -> f: 0*L
redundant V = L
"""
    run = sfc.read(text).compile().run(3)
    flows = run.matrices(3).transaction_flows
    assert np.nanmax(np.abs(flows.values)) < 1e-12
    with pytest.raises(ModelError, match=r"model\.accounts"):
        sfc.read(text.replace("f npl*L[-1]\n", "f 2*npl*L[-1]\n")).compile().run(3)
    with pytest.raises(ModelError, match=r"model\.holder"):
        sfc.read(text.replace("sector b, f", "sector b, f, x").replace("f npl*L[-1]\n", "x npl\n"))


def test_tables_as_text_and_frames() -> None:
    pytest.importorskip("pandas", reason="an optional extra, pandas, is not installed")
    run = load_model("PC").compile().run(3)
    table = run.matrices(2).transaction_flows
    frame = table.to_pandas()
    assert frame.loc["sum"].abs().max() < 1e-9
    text = str(table)
    assert "households" in text.splitlines()[0]
    assert len(text.splitlines()) == len(table.rows) + 2
    model = load_model("PC")
    cells = sfc.symbolic_cells(model.graph, model.compile_accounts().transaction_flows)
    assert any("-d(Bh)" in cell for row in cells for cell in row)
    latex = sfc.symbolic_cells(model.graph, model.compile_accounts().balance_sheet, latex=True)
    assert "B_{h}" in latex[0]
    with pytest.raises(ModelError, match=r"model\.period"):
        run.matrices(0)
    with pytest.raises(ModelError, match=r"model\.period"):
        run.matrices(1, 5)
