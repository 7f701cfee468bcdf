"""What the kernels and their plain twins agree upon: codes of windows, criteria, and round-off."""

from __future__ import annotations

__all__ = [
    "AIC",
    "BIC",
    "COLLINEAR",
    "CONSTANT",
    "FINE",
    "PERFECT",
    "PSYMONITOR_AIC",
    "PSYMONITOR_BIC",
    "ROUND_OFF",
    "RULES",
    "TRUST_SHARE",
    "named_rule",
]

# What became of a window.
FINE, CONSTANT, PERFECT = 0, 1, 2
COLLINEAR = 3  # known inside one window only: fewer lags decide what becomes of it

# A residual below this many half-units in the last place of the largest observation is round-off.
ROUND_OFF = 16 * 2.0**-53

# Share of vx vd - c^2 in the sums behind it below which a window has lost too many digits.
TRUST_SHARE = 1e-6

# Information criteria that choose lags.
BIC, AIC, PSYMONITOR_BIC, PSYMONITOR_AIC = range(4)
RULES = {
    "bic": BIC,
    "aic": AIC,
    "psymonitor-bic": PSYMONITOR_BIC,
    "psymonitor-aic": PSYMONITOR_AIC,
}


def named_rule(given: object) -> str | None:
    """The name of a criterion, whatever its case; None if there is none of that name."""
    name = given.strip().lower() if isinstance(given, str) else ""
    return name if name in RULES else None
