r"""Search for parameters whose moments come near the targets, and what each parameter does.

The search minimises the sum of squared misses, each in half-widths of its range, plus a small pull
towards where it began (so that what the targets leave open stays), by trust-region least squares
within the ranges of ``parameters.toml`` (SciPy's ``trf``; Branch, Coleman, Li 1999, SIAM Journal on
Scientific Computing 21). It uses `SEARCH_SEED`; the report uses another.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from debtcycle.machine.calibration.moments import SEARCH_SEED, Measured, measure, targets
from debtcycle.machine.economy.parameters import given, shock_sizes
from debtcycle.machine.economy.text import economy_text

__all__ = ["FITTED", "UNFITTED", "Fit", "Sensitivity", "fit", "sensitivities", "targeted"]

Values = NDArray[np.float64]
Tell = Callable[[int, int], None]

# What the targets can tell apart, in the order in which the parts of the economy were fitted.
FITTED = ("ks", "kt", "bd", "mu", "zeta", "wr", "f_H", "f_P", "f_X", "kp", "mM")
# Measured and printed, but no goal of the search: the quarter of a peak moves in jumps, the shocks
# have their own sizes, and gold's answer to the term premium alone is out of reach: of what is
# searched `f_H` moves it most, by .4 % for 1 %, and is below one.
UNFITTED = ("quarter_of_inflation_peak", "equity_volatility", "gold_on_yield_shock")
PULL = 0.05
STEP = 0.02  # of a parameter, for slopes
MOST_STEPS = 12
CACHE_VARIABLE = "DEBTCYCLE_CACHE"


@dataclass(frozen=True, slots=True)
class Fit:
    """A fit.

    Attributes
    ----------
    before, after : mapping of parameter to value
    loss_before, loss_after : float
        Sum of squared misses, in half-widths, of the targets that are searched for.
    all_before, all_after : float
        The same over all targets, those of `UNFITTED` included.
    evaluations : int
    on_bound : tuple of str
        Parameters that ended on an end of their range.
    """

    before: Mapping[str, float]
    after: Mapping[str, float]
    loss_before: float
    loss_after: float
    all_before: float
    all_after: float
    evaluations: int
    on_bound: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Elasticity of a moment to a parameter: d ln |moment| / d ln parameter.

    Attributes
    ----------
    moment, parameter : str
        A parameter ``sd_e_...`` is the size of a shock, as a multiple of its standard deviation.
    elasticity : float
    """

    moment: str
    parameter: str
    elasticity: float


def _misses(measured: tuple[Measured, ...]) -> Values:
    """Misses of the targets that are fitted."""
    return np.array([m.miss for m in measured if m.target.moment not in UNFITTED])


def _bounds(names: tuple[str, ...]) -> tuple[Values, Values]:
    rows = [given()[name] for name in names]
    return np.array([r.low for r in rows], float), np.array([r.high for r in rows], float)


def fit(*, paths: int = 64, progress: Tell | None = None, names: tuple[str, ...] = FITTED) -> Fit:
    """Search from the shipped parameters; the result is kept in the user's cache.

    Parameters
    ----------
    paths : int
        Of the runs with chance.
    progress : callable, optional
        Told (evaluations, most evaluations).
    names : tuple of str
        Parameters that are searched.
    """
    from scipy.optimize import least_squares

    kept = _kept(paths, names)
    if kept is not None:
        return kept
    start = np.array([given()[name].value for name in names])
    low, high = _bounds(names)
    width = high - low
    most = MOST_STEPS * (len(names) + 1)
    count = 0

    def residuals(unit: Values) -> Values:
        nonlocal count
        count += 1
        if progress is not None:
            progress(min(count, most), most)
        values = dict(zip(names, (low + unit * width).tolist(), strict=True))
        misses = _misses(measure(values, paths=paths, seed=SEARCH_SEED))
        bad = ~np.isfinite(misses)
        misses[bad] = 100.0  # where the economy does not solve
        return np.concatenate([misses, PULL * (unit - first) / 0.1])

    first = (start - low) / width
    found = least_squares(
        residuals, np.clip(first, 1e-6, 1 - 1e-6), bounds=(0.0, 1.0), diff_step=STEP,
        max_nfev=MOST_STEPS,
    )  # fmt: skip
    after = dict(zip(names, (low + found.x * width).tolist(), strict=True))
    before = dict(zip(names, start.tolist(), strict=True))
    ends = [measure(v, paths=paths, seed=SEARCH_SEED) for v in (before, after)]
    losses = [float((_misses(end) ** 2).sum()) for end in ends]
    whole = [float(sum(m.miss**2 for m in end)) for end in ends]
    edge = tuple(n for n, u in zip(names, found.x.tolist(), strict=True) if min(u, 1 - u) < 1e-3)
    made = Fit(before, after, losses[0], losses[1], whole[0], whole[1], count, edge)
    _keep(made, paths, names)
    return made


def targeted() -> tuple[str, ...]:
    """Parameters that the search moves or whose source names a target, and the shocks' sizes."""
    named = [name for name, entry in given().items() if entry.source.startswith("target")]
    sizes = [f"sd_{name}" for name, size in shock_sizes().items() if size]
    return tuple(dict.fromkeys((*FITTED, *named, *sizes)))


def _steps(name: str) -> tuple[float, float]:
    """A parameter a step above and a step below; the size of a shock is a multiple of its own."""
    value = 1.0 if name.startswith("sd_") else given()[name].value
    return value * (1 + STEP), value * (1 - STEP)


def sensitivities(
    *, paths: int = 64, progress: Tell | None = None, names: tuple[str, ...] | None = None
) -> tuple[Sensitivity, ...]:
    """Elasticity of every moment to every parameter of `targeted`, by central differences."""
    found = []
    chosen = targeted() if names is None else names
    for number, name in enumerate(chosen):
        sides = [measure({name: at}, paths=paths, seed=SEARCH_SEED) for at in _steps(name)]
        for up, down in zip(*sides, strict=True):
            middle = 0.5 * (up.value + down.value)
            slope = (up.value - down.value) / (2 * STEP)
            elasticity = slope / abs(middle) * np.sign(middle) if middle else 0.0
            found.append(Sensitivity(up.target.moment, name, float(elasticity)))
        if progress is not None:
            progress(number + 1, len(chosen))
    return tuple(found)


# --- what is kept -------------------------------------------------------------------------------
def _place(paths: int, names: tuple[str, ...]) -> Path | None:
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen == "":
        return None
    folder = Path(chosen or platformdirs.user_cache_dir("debtcycle", appauthor=False))
    asked = (paths, names, SEARCH_SEED, [repr(t) for t in targets()], economy_text())
    key = hashlib.sha256(repr(asked).encode()).hexdigest()[:32]
    return folder / "calibration" / f"{key}.json"


def _kept(paths: int, names: tuple[str, ...]) -> Fit | None:
    place = _place(paths, names)
    if place is None:
        return None
    try:
        row = json.loads(place.read_text("utf-8"))
        return Fit(
            dict(row["before"]), dict(row["after"]), float(row["loss_before"]),
            float(row["loss_after"]), float(row["all_before"]), float(row["all_after"]),
            int(row["evaluations"]), tuple(row["on_bound"]),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(made: Fit, paths: int, names: tuple[str, ...]) -> None:
    place = _place(paths, names)
    if place is None:
        return
    row = {
        "before": dict(made.before), "after": dict(made.after), "loss_before": made.loss_before,
        "loss_after": made.loss_after, "all_before": made.all_before,
        "all_after": made.all_after, "evaluations": made.evaluations,
        "on_bound": list(made.on_bound),
    }  # fmt: skip
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_suffix(f".{os.getpid()}.new")
        fresh.write_text(json.dumps(row), "utf-8")
        fresh.replace(place)
    except OSError:
        return  # nowhere to keep it: it is made again next time
