"""The report as strict JSON: numbers and ids, null where something is unknown."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from enum import Enum

from debtcycle.catalogue import Catalogue
from debtcycle.cycle.assess import AxisReading
from debtcycle.cycle.claims import ClaimResult
from debtcycle.cycle.flip import Flip
from debtcycle.cycle.judgement import Judgement
from debtcycle.cycle.stage import StageRanking
from debtcycle.indicators._flows import Lamp
from debtcycle.indicators.bubble_gauge import BubbleGauge
from debtcycle.indicators.events import EventTable
from debtcycle.indicators.model import Reading
from debtcycle.indicators.stimulus import Gate
from debtcycle.report.early_warning import crises_json, explosive_json
from debtcycle.report.sections.cycle import triad

__all__ = ["claims_json", "report_json"]

JsonValue = object


def _reading(made: Reading, score: float | None = None) -> dict[str, JsonValue]:
    """A reading with its birth certificates; `series`, `period` are those of the newest figure."""
    newest = made.origins[0] if made.origins else None
    return {
        "indicator": made.indicator,
        "value": made.value,
        "unit": made.unit,
        "status": made.status.value,
        "series": newest.series if newest else None,
        "period": newest.period if newest else None,
        "known_from": made.known_from,
        "percentile": made.percentile,
        "score": score,
        "freshness": made.freshness,
        "origins": [
            asdict(origin) | {"basis": origin.basis.name.lower()} for origin in made.origins
        ],
    }


def _axis(axis: AxisReading) -> dict[str, JsonValue]:
    return {
        "score": axis.score,
        "coverage": axis.coverage,
        "evidence": [
            _reading(item.reading, item.score)
            | {
                "exists": item.exists,
                "anchors": {
                    "depression": item.anchor.depression,
                    "bubble": item.anchor.bubble,
                    "on_percentile": item.anchor.on_percentile,
                },
            }
            for item in axis.inputs
        ],
        "beside": [_reading(made) for made in axis.beside],
    }


def _stimulus(judgement: Judgement) -> dict[str, JsonValue]:
    found = judgement.assessment.stimulus
    on = None if found.gate is Gate.UNKNOWN else found.gate is Gate.ON
    return {
        "on": on,
        "rung": found.rung,
        "score": found.score,
        "by_balance_sheet": found.by_balance_sheet,
        "by_announcement": found.by_announcement,
        "by_rate": found.by_rate,
        "edges": list(found.edges),
        "programmes": [asdict(p) for p in found.purchases.programmes],
        "evidence": [
            _reading(made) for made in (*found.readings, *judgement.findings.reserves.readings)
        ],
    }


def _gauge(found: BubbleGauge) -> dict[str, JsonValue]:
    return {
        "aggregate": found.aggregate,
        "range": None if found.low is None else [found.low, found.high],
        "known": found.known,
        **{
            gauge.name: {
                "value": gauge.value,
                "statistics": [_reading(made) for made in gauge.statistics],
            }
            for gauge in found.gauges
        },
    }


def _lamp(lamp: Lamp) -> dict[str, JsonValue]:
    return {
        "lamp": lamp.lamp,
        "lit": lamp.lit,
        "evidence": [_reading(made) for made in lamp.readings],
    }


def _stage(found: StageRanking) -> dict[str, JsonValue]:
    return {
        "leading": found.leading,
        "between": list(found.between),
        "policy": found.policy,
        "ranking": [
            {
                "stage": item.stage,
                "support": item.support,
                "for": [e.criterion for e in item.speaks_for],
                "against": [e.criterion for e in item.speaks_against],
                "unknown": [e.criterion for e in item.missing],
            }
            for item in found.ranking
        ],
        "red_lights": [_lamp(lamp) for lamp in found.red_lights],
        "lamps": [_lamp(lamp) for lamp in found.lamps],
    }


def _attractiveness(judgement: Judgement) -> dict[str, JsonValue]:
    found = judgement.findings.attractiveness
    return {
        "lines": [
            {
                "asset": line.asset,
                "running_yield": _reading(line.running_yield),
                "needed_growth": _reading(line.needed_growth),
                "past_growth": None if line.past_growth is None else _reading(line.past_growth),
                "expected": None if line.expected is None else _reading(line.expected),
            }
            for line in found.lines
        ],
        "evidence": [_reading(made) for made in found.readings],
        "real_returns": [asdict(item) for item in found.real_returns],
        "gold": found.gold,
    }


def _flip(flip: Flip) -> dict[str, JsonValue]:
    return asdict(flip)


def _events(table: EventTable) -> dict[str, JsonValue]:
    return {
        "kind": table.kind,
        "rows": [
            {
                "start": asdict(row.start),
                "returns": [
                    {
                        "asset": cell.asset,
                        "months": cell.horizon_months,
                        "nominal_pct": cell.nominal.value,
                        "real_pct": cell.real.value,
                        "reason": cell.reason_nominal or cell.reason_real,
                    }
                    for cell in row.cells
                ],
            }
            for row in table.rows
        ],
        "medians": [asdict(item) for item in table.medians],
    }


def _debt(judgement: Judgement) -> dict[str, JsonValue]:
    found = judgement.findings.debt
    return {
        "inputs": [_reading(made) for made in found.readings],
        "primary_deficit": _reading(found.primary_deficit),
        "stabilising": _reading(found.stabilising),
        "path": None if found.path is None else [asdict(year) for year in found.path.years],
        "solution": None
        if found.solution is None
        else [asdict(year) for year in found.solution.years],
    }


def _claims(results: Sequence[ClaimResult]) -> list[JsonValue]:
    return [
        {
            "id": result.id,
            "state": result.state,
            "reason": result.reason,
            "lamps": {lamp.name: lamp.on for lamp in result.lamps},
            "params": dict(result.params),
            "evidence": [_reading(made) for made in result.readings],
        }
        for result in results
    ]


def _replays(judgement: Judgement) -> list[JsonValue]:
    return [
        {
            "date": episode.expectation.on,
            "name": episode.expectation.name,
            "expected": {
                "gate": episode.expectation.gate,
                "verdicts": list(episode.expectation.verdicts),
                "rung": episode.expectation.rung,
                "heat_at_least": episode.expectation.heat_at_least,
            },
            "result": {
                "gate": episode.assessment.stimulus.gate,
                "verdict": episode.assessment.verdict,
                "rung": episode.assessment.stimulus.rung,
                "heat": episode.assessment.heat,
            },
            "met": episode.met,
            "misses": list(episode.misses),
            "because": list(episode.because),
            "unknown": list(episode.unknown),
        }
        for episode in judgement.findings.episodes
    ]


def _clean(value: JsonValue) -> JsonValue:
    """Only what strict JSON knows; a number that is not finite becomes null."""
    if isinstance(value, dict):
        return {str(key): _clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(item) for item in value]
    if isinstance(value, Enum):
        return _clean(value.value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (str, int)):
        return value
    return str(value)


def _dump(value: JsonValue) -> str:
    return json.dumps(_clean(value), ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def report_json(judgement: Judgement, catalogue: Catalogue) -> str:
    """The judgement with all its evidence; the order of the keys is fixed."""
    got, findings = judgement.assessment, judgement.findings
    flip = judgement.flip
    record = judgement.record
    used = sorted({origin.series for made in findings.readings for origin in made.origins})
    return _dump(
        {
            "as_of": got.as_of,
            "country": got.country,
            "mode": got.mode,
            "verdict": got.verdict,
            "axes_verdict": got.axes_verdict,
            "heat": got.heat,
            "confidence": got.confidence,
            "coverage": got.coverage,
            "existing": got.existing,
            "freshness": got.freshness,
            "agreement": got.agreement,
            "stimulus": _stimulus(judgement),
            "axes": {axis.axis.value: _axis(axis) for axis in got.axes},
            "path": [asdict(point) for point in findings.path],
            "then": None
            if findings.then is None
            else {
                "as_of": findings.then.as_of,
                **{axis.axis.value: axis.score for axis in findings.then.axes},
            },
            "monetisation": {
                "share": _reading(findings.supply.monetisation.share),
                "undefined": findings.supply.monetisation.undefined,
                "substantial": findings.supply.monetisation.substantial,
                "evidence": [_reading(made) for made in findings.supply.readings],
            },
            "fiscal": [_reading(made) for made in findings.fiscal.readings],
            "demand": [_reading(made) for made in findings.demand.readings],
            "credit_growth": [_reading(made) for made in findings.credit_growth.readings],
            "funding": [_reading(made) for made in findings.funding.readings],
            "late_cycle": [_lamp(lamp) for lamp in triad(findings)],
            "bubble_gauge": _gauge(got.gauge)
            | {
                "published": [asdict(item) for item in findings.published],
                "history": [
                    {
                        "date": point.day,
                        "aggregate": point.gauge.aggregate,
                        "known": point.gauge.known,
                    }
                    for point in findings.gauge_history
                ],
                "technology": [_reading(made) for made in findings.technology],
            },
            "stage": _stage(judgement.stage),
            "attractiveness": _attractiveness(judgement),
            "debt": _debt(judgement),
            "explosive_prices": explosive_json(findings.explosive, _reading),
            "crisis_odds": crises_json(findings.crises, _reading),
            "events": [_events(table) for table in findings.events],
            "replays": _replays(judgement),
            "record": None if record is None else _record(judgement),
            "flip": None if flip is None else _flip(flip),
            "flips": [_flip(item) for item in findings.flips],
            "robustness": {
                "sets": findings.robustness.sets,
                "seed": findings.robustness.seed,
                "agree": findings.robustness.agree,
                "verdicts": {v.value: share for v, share in findings.robustness.verdicts},
            },
            "counter_argument": [
                {
                    "point": item.point,
                    "subject": item.subject,
                    "strength": item.strength,
                    "score": item.score,
                    "evidence": None if item.reading is None else _reading(item.reading),
                }
                for item in findings.counter
            ],
            "claims": _claims(judgement.claims),
            "series": {
                name: {
                    "name_en": catalogue[name].name_en,
                    "name_zh": catalogue[name].name_zh,
                    "publisher": catalogue[name].publisher,
                    "licence": catalogue[name].licence,
                }
                for name in used
            },
        }
    )


def _record(judgement: Judgement) -> dict[str, JsonValue]:
    record = judgement.record
    assert record is not None
    return {
        "start": record.start,
        "end": record.end,
        "months": record.months,
        "verdicts": {v.value: n for v, n in record.verdicts},
        "axes_verdicts": {v.value: n for v, n in record.axes_verdicts},
        "hot_months": record.bubble_months,
        "above_line": record.above_line,
    }


def claims_json(judgement: Judgement) -> str:
    """The 44 claims with state and numbers."""
    return _dump({"as_of": judgement.as_of, "claims": _claims(judgement.claims)})
