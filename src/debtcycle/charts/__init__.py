"""Charts: pure functions from frozen data to Vega-Lite specs, and their rendering.

Nothing here knows any economics or reads any series: a chart is given figures and a source of
words, and gives a plain structure that could be written as JSON. The same input gives the same
spec, so what holds for figures holds for pictures too: later data cannot change an earlier chart.
"""

from debtcycle.charts.axes import AxesData, AxisRow, InputRow, axes_chart, inputs_chart
from debtcycle.charts.causes import CausePanel, CausesData, causes_chart
from debtcycle.charts.debt import DebtData, DebtPoint, debt_chart
from debtcycle.charts.events import EventData, EventValue, events_chart
from debtcycle.charts.explosive import (
    Episode,
    ExplosiveData,
    ExplosivePanel,
    ExplosiveRow,
    explosive_chart,
)
from debtcycle.charts.fans import FanLine, FanPanel, FansData, fans_chart
from debtcycle.charts.gauges import GaugeData, GaugeRow, gauges_chart
from debtcycle.charts.hazard import HazardData, HazardLine, hazard_chart
from debtcycle.charts.ledger import LedgerRow, ledger_chart
from debtcycle.charts.odds import OddsData, OddsMark, OddsMeasure, odds_chart
from debtcycle.charts.phases import PhasesData, phases_chart
from debtcycle.charts.policy import Announced, PolicyData, policy_chart
from debtcycle.charts.render import render_png, render_svg
from debtcycle.charts.spec import Dated, Spec, Words, caption_of, standalone
from debtcycle.charts.stimulus_map import MapData, MapPoint, map_chart
from debtcycle.charts.timeline import MonthMark, TimelineData, timeline_chart

__all__ = [
    "Announced",
    "AxesData",
    "AxisRow",
    "CausePanel",
    "CausesData",
    "Dated",
    "DebtData",
    "DebtPoint",
    "Episode",
    "EventData",
    "EventValue",
    "ExplosiveData",
    "ExplosivePanel",
    "ExplosiveRow",
    "FanLine",
    "FanPanel",
    "FansData",
    "GaugeData",
    "GaugeRow",
    "HazardData",
    "HazardLine",
    "InputRow",
    "LedgerRow",
    "MapData",
    "MapPoint",
    "MonthMark",
    "OddsData",
    "OddsMark",
    "OddsMeasure",
    "PhasesData",
    "PolicyData",
    "Spec",
    "TimelineData",
    "Words",
    "axes_chart",
    "caption_of",
    "causes_chart",
    "debt_chart",
    "events_chart",
    "explosive_chart",
    "fans_chart",
    "gauges_chart",
    "hazard_chart",
    "inputs_chart",
    "ledger_chart",
    "map_chart",
    "odds_chart",
    "phases_chart",
    "policy_chart",
    "render_png",
    "render_svg",
    "standalone",
    "timeline_chart",
]
