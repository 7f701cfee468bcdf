"""The economy's parameters against what others have measured: targets, moments, fit, report."""

from __future__ import annotations

from debtcycle.machine.calibration.moments import Measured, Target, measure, targets
from debtcycle.machine.calibration.search import (
    FITTED,
    UNFITTED,
    Fit,
    Sensitivity,
    fit,
    sensitivities,
    targeted,
)

__all__ = [
    "FITTED",
    "UNFITTED",
    "Fit",
    "Measured",
    "Sensitivity",
    "Target",
    "fit",
    "measure",
    "sensitivities",
    "targeted",
    "targets",
]
