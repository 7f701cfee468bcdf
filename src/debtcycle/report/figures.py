"""From what was found at a date to what the charts draw; nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from debtcycle.charts import (
    Announced,
    AxesData,
    AxisRow,
    Dated,
    DebtData,
    DebtPoint,
    EventData,
    EventValue,
    GaugeData,
    GaugeRow,
    InputRow,
    LedgerRow,
    MapData,
    MapPoint,
    MonthMark,
    PolicyData,
    Spec,
    TimelineData,
    axes_chart,
    debt_chart,
    events_chart,
    gauges_chart,
    inputs_chart,
    ledger_chart,
    map_chart,
    policy_chart,
    timeline_chart,
)
from debtcycle.cycle.assess import Assessment, Scored
from debtcycle.cycle.findings import Findings
from debtcycle.cycle.ratios import RATIOS
from debtcycle.cycle.record import RecordRow
from debtcycle.cycle.verdict import AXIS_LINE, Verdict
from debtcycle.indicators.bubble_gauge import BUBBLE_LINE
from debtcycle.indicators.debt import DebtPath
from debtcycle.indicators.events import ASSETS, EventTable
from debtcycle.indicators.fiscal import fiscal_stance
from debtcycle.indicators.model import Origin, Reading
from debtcycle.indicators.policy_history import PolicyHistory, policy_history
from debtcycle.report.format import day_of
from debtcycle.report.warning_figures import explosive_spec, odds_spec
from debtcycle.report.words import Words
from debtcycle.views import View

__all__ = ["chart_specs", "sources_line"]


def sources_line(
    origins: Iterable[Origin], view: View, words: Words, also: Iterable[str] = ()
) -> str:
    """Publishers of the figures behind a chart, and series that stand in for others.

    `also` are series that went in without an origin of their own.
    """
    used = tuple(origins)
    names = {view.catalogue[key].publisher for key in (*(o.series for o in used), *also)}
    listed = words.publishers(names) or words("chart.unknown")
    day = view.as_of.isoformat()
    stand_ins = sorted({words.series(origin.series) for origin in used if origin.stands_for})
    if not stand_ins:
        return words("chart.sources", publishers=listed, date=day)
    standing = words("list.semicolon").join(stand_ins)
    return words("chart.sources_stand_ins", publishers=listed, names=standing, date=day)


def _origins(readings: Iterable[Reading | None]) -> list[Origin]:
    return [origin for reading in readings if reading is not None for origin in reading.origins]


def _earlier(found: Findings) -> Assessment | None:
    """QE1, where it lies before the date."""
    then = found.then
    return then if then is not None and then.as_of < found.as_of else None


def _map(found: Findings, view: View, words: Words) -> Spec:
    then, reference, name = _earlier(found), None, ""
    if then is not None:
        deficit = fiscal_stance(view.at(then.as_of)).deficit.value
        reference = MapPoint(then.as_of, then.stimulus.score, then.heat, deficit)
        name = words("chart.map.qe1", date=f"{then.as_of:%Y-%m}")
    path = tuple(
        MapPoint(point.day, point.stimulus, point.heat, point.deficit_pct_of_gdp)
        for point in found.path
    )
    used = _origins((*found.assessment.readings, found.fiscal.deficit))
    sources = sources_line(used, view, words)
    return map_chart(MapData(path, AXIS_LINE, reference, name), words, sources=sources)


def _axes(found: Findings, view: View, words: Words) -> Spec:
    then, past = _earlier(found), None
    earlier = {axis.axis: axis.score for axis in then.axes} if then is not None else {}
    if then is not None:
        past = words("chart.map.qe1", date=then.as_of.isoformat())
    rows = tuple(
        AxisRow(words(f"axis.{axis.axis}"), axis.score, earlier.get(axis.axis))
        for axis in found.assessment.axes
    )
    used = _origins(item.reading for item in found.assessment.inputs)
    data = AxesData(rows, found.as_of.isoformat(), past)
    return axes_chart(data, words, sources=sources_line(used, view, words))


def _inputs(found: Findings, view: View, words: Words) -> Spec:
    def shown(item: Scored) -> str:
        if item.position is None:
            return words.why_not(item.reading)
        unit = "percentile" if item.anchor.on_percentile else item.reading.unit
        return words.value(item.position, unit)

    rows = [
        InputRow(
            words.indicator(item.anchor.indicator),
            str(axis.axis),
            words(f"axis.{axis.axis}"),
            item.score,
            shown(item),
        )
        for axis in found.assessment.axes
        for item in axis.inputs
        if item.exists
    ]
    used = _origins(item.reading for item in found.assessment.inputs)
    return inputs_chart(rows, words, sources=sources_line(used, view, words))


def _gauges(found: Findings, view: View, words: Words) -> Spec:
    gauge = found.assessment.gauge
    rows = [GaugeRow(words(f"gauge.{g.name}.name"), g.value) for g in gauge.gauges]
    mean = words("chart.gauges.mean_row")
    rows.append(GaugeRow(mean, gauge.aggregate, "mean", gauge.low, gauge.high))
    rows += [
        GaugeRow(
            words("chart.gauges.published_row", date=f"{item.day:%Y-%m}"), item.value, "published"
        )
        for item in found.published
    ]
    sources = sources_line(_origins(gauge.readings), view, words)
    return gauges_chart(GaugeData(tuple(rows), BUBBLE_LINE), words, sources=sources)


def _policy(past: PolicyHistory, view: View, words: Words) -> Spec:
    def line(points: Sequence[tuple[date, float]]) -> tuple[Dated, ...]:
        return tuple(Dated(on, value) for on, value in points)

    data = PolicyData(
        past.start,
        past.end,
        line(past.assets),
        line(past.base),
        line(past.rate),
        tuple(Announced(step.day, step.kind) for step in past.steps),
    )
    return policy_chart(data, words, sources=sources_line(past.origins, view, words))


def _timeline(months: Sequence[RecordRow], view: View, words: Words) -> Spec:
    marks = tuple(MonthMark(r.as_of, str(r.verdict), str(r.axes_verdict), r.heat) for r in months)
    names = {str(verdict): words(f"verdict.{verdict}") for verdict in Verdict}
    data = TimelineData(marks, names, AXIS_LINE)
    sources = words("chart.timeline.sources", date=view.as_of.isoformat())
    return timeline_chart(data, words, sources=sources)


def _ledger(found: Findings, view: View, words: Words) -> Spec:
    lines = found.attractiveness.lines
    rows = [
        LedgerRow(words(f"asset.{x.asset}"), x.running_yield.value, x.needed_growth.value)
        for x in lines
    ]
    used = _origins(reading for x in lines for reading in (x.running_yield, x.needed_growth))
    return ledger_chart(rows, words, sources=sources_line(used, view, words))


def _debt_points(path: DebtPath) -> tuple[DebtPoint, ...]:
    """The debt at the date, and at the end of every year after it."""
    now = path.inputs
    start = DebtPoint(
        0,
        100.0 * now.debt_usd_bn / now.gdp_usd_bn,
        100.0 * now.debt_usd_bn / now.revenue_usd_bn,
    )
    return start, *(
        DebtPoint(year.year, year.debt_pct_of_gdp, year.debt_pct_of_revenue) for year in path.years
    )


def _debt(found: Findings, view: View, words: Words) -> Spec | None:
    outlook = found.debt
    if outlook.path is None or outlook.solution is None:
        return None
    data = DebtData(_debt_points(outlook.path), _debt_points(outlook.solution))
    return debt_chart(data, words, sources=sources_line(_origins(outlook.readings), view, words))


def _events(table: EventTable, view: View, words: Words) -> Spec | None:
    if not table.rows:
        return None
    assets = {asset: words(f"chart.events.{asset}") for asset in ASSETS}
    names = {
        number: words(
            "chart.events.row", name=words.programme(row.start.name), date=day_of(row.start.day)
        )
        for number, row in enumerate(table.rows)
    }
    cells = tuple(
        EventValue(names[number], assets[cell.asset], cell.horizon_months, cell.nominal.value)
        for number, row in enumerate(table.rows)
        for cell in row.cells
    )
    used = _origins(cell.nominal for row in table.rows for cell in row.cells)
    data = EventData(cells, tuple(names.values()), tuple(assets.values()))
    return events_chart(data, words, sources=sources_line(used, view, words))


def _explosive(found: Findings, view: View, words: Words) -> Spec | None:
    tested = {item.series for item in found.explosive if item.price.path is not None}
    behind = [key for ratio in RATIOS if ratio.name in tested for key in ratio.behind]
    used = _origins(item.ratio for item in found.explosive)
    return explosive_spec(found, words, sources_line(used, view, words, behind))


def _odds(found: Findings, view: View, words: Words) -> Spec | None:
    return odds_spec(found, view, words, sources_line(_origins(found.crises.readings), view, words))


def chart_specs(
    found: Findings, months: Sequence[RecordRow], view: View, words: Words
) -> dict[str, Spec]:
    """All charts of a report by name; those without anything to show are left out.

    Parameters
    ----------
    found : Findings
    months : sequence of RecordRow
        Verdicts month by month up to the date, oldest first; may be empty.
    view : View
        The one that `found` was made from.
    """
    past = policy_history(view)
    made: dict[str, Spec | None] = {
        "map": _map(found, view, words),
        "axes": _axes(found, view, words),
        "inputs": _inputs(found, view, words),
        "policy": _policy(past, view, words) if past.rate or past.base or past.assets else None,
        "gauges": _gauges(found, view, words),
        "explosive": _explosive(found, view, words),
        "odds": _odds(found, view, words),
        "ledger": _ledger(found, view, words),
        "debt": _debt(found, view, words),
        "events": _events(found.events[0], view, words),
        "timeline": _timeline(months, view, words) if months else None,
    }
    return {name: spec for name, spec in made.items() if spec is not None}
