"""The essay's economy, written in the model language of `debtcycle.sfc`.

::

    from debtcycle.machine import economy

    facts = economy.shipped_openings()["bubble"]  # or facts_from(...), facts_from_observed(...)
    row = economy.start_row(facts)                       # every lagged variable and parameter
    run = economy.compiled_economy().run(24, start=row.values, shocks=[Shock(1, "q_N", 1.25)])
    print(economy.economy_text())                        # the whole model, to be read

Letters: sectors H households, P pensions and insurers, X foreigners, L levered investors, B banks,
F firms, T Treasury, C central bank. Instruments M deposits, b bills, N long bonds, I
inflation-protected bonds, K credit, G growth equity, R real-asset equity, Z gold. A period is a
quarter (``h`` years). Stocks and flows are in percent of annual GDP at the opening and grow with
``trend``; flows are per quarter; rates are fractions a year; logs are natural.

Given by quarter (parameters; change them with `Shock`, nought by default)
    Purchases of the central bank, percent of trend GDP in the quarter, sales negative: ``q_b``,
    ``q_N``, ``q_I``, ``q_K``. ``announced``: what is announced and still to be bought *at the
    start* of the quarter, in long bonds (credit counts ``dur_K``). ``sold_H, sold_P, sold_X,
    sold_L, sold_B``: part of ``q_N`` that a sector sells outright. ``rrs``: least reserves in
    deposits (reserve management).
    Policy rate: ``hold`` (1 keeps it), ``steer`` with ``rate`` (1 sets it), ``tighten`` (added in
    the quarter), ``bias_add``.
    Treasury: ``disc`` (discretionary deficit, percent of GDP at an annual rate), ``disc_bills``
    (part of it financed with bills), ``bill_share`` (added to the bill share of the rest),
    ``swap`` (bills issued in place of bonds, percent of GDP), ``wealth_tax`` (percent of GDP at an
    annual rate).
    Finance: ``redeem`` (part of levered equity called back), ``loan_push`` (loan growth from
    looser rules, a year), ``margin_add``, ``flow_G, flow_R`` (shifted into equity), ``into_G``
    (bought with new loans).
    Automation: ``auto_pass`` (part of price pressure taken away), ``auto_prod`` (productivity
    growth a year).
    Shocks, one number a path and quarter; sizes in `shock_sizes`: ``e_rho`` price of risk, ``e_G``,
    ``e_R``, ``e_Z`` attractiveness, ``e_d`` demand, ``e_pi`` inflation, ``e_com`` commodities,
    ``e_y`` expected long yield, ``e_r`` policy rate.

Key variables
    Yields: ``r`` policy rate, ``rb`` bills, ``yN`` nominal long, ``yI`` real long (protected),
    ``yK`` credit, ``real_N`` = yN - pe. Anchors ``yeN, yeI, yeK``; ``eh`` expected policy rate;
    ``premium_N`` = yN - eh; ``premium_K, premium_G, premium_R`` = expected return less r.
    Prices: ``pN, pI, pK, pG, pR, pZ`` (nominal), ``uN .. uZ`` logs from their trends;
    ``multiple_G, multiple_R`` price over cash flows; ``total_N .. total_Z`` total-return indices
    (1 at the opening), ``real_N_index .. real_Z_index`` the same in goods.
    Real side: ``y`` output gap, ``dem`` demand before the ceiling, ``Y`` GDP, ``Cons``, ``Inv``,
    ``Gov``, ``NX``; ``pi`` inflation, ``pe`` expected, ``anchor``, ``cpi`` log price level from the
    2 % path, ``P`` price level.
    Money and credit: ``money``, ``M`` deposits, ``Res`` reserves, ``LH, LF`` loans, ``gl`` loan
    growth above trend, ``Repo``.
    State: ``NW`` soundness of balance sheets, ``imp`` impairment, ``rho`` price of risk, ``vol``,
    ``lev`` leverage, ``margin``, ``x_G, x_R, x_Z`` extrapolated returns, ``n`` part of
    extrapolators, ``prof``; bubble number by `bubble_number_of`.
    Public finance: ``deficit``, ``issue``, ``share_b``, ``debt``, ``remit``; ``monetised`` (central
    bank and banks), ``monetised_all`` (central bank and all bills), of the last quarters' issues.
    Wealth: ``V_H`` households, ``wealth_hold``, ``wealth_non``, ``wealth_gap`` (wealth of holders
    in years of all wages).
    Holdings ``N_H`` .. in pieces (bills and deposits in value), ``N_p`` of the public, ``N_T``
    outstanding, ``N_C`` of the central bank; wanted values ``DN_H`` ...
"""

from __future__ import annotations

from debtcycle.machine.economy.facts import (
    Facts,
    Holding,
    facts_from,
    holding_name,
    shipped_openings,
)
from debtcycle.machine.economy.observed import facts_from_observed
from debtcycle.machine.economy.parameters import Given, at_step, given, shock_sizes
from debtcycle.machine.economy.reading import bubble_number_of, checked_bubble_number, market_of
from debtcycle.machine.economy.start import StartRow, start_row
from debtcycle.machine.economy.text import compiled_economy, economy_text, primitives

__all__ = [
    "Facts",
    "Given",
    "Holding",
    "StartRow",
    "at_step",
    "bubble_number_of",
    "checked_bubble_number",
    "compiled_economy",
    "economy_text",
    "facts_from",
    "facts_from_observed",
    "given",
    "holding_name",
    "market_of",
    "primitives",
    "shipped_openings",
    "shock_sizes",
    "start_row",
]
