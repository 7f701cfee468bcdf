"""The area under the receiver operating characteristic, for one or many sets of weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from debtcycle.crises._check import Floats
from debtcycle.errors import ConfigError

__all__ = ["auroc", "auroc_of_weights"]


def _checked(score: ArrayLike, label: ArrayLike) -> tuple[Floats, Floats]:
    scores, labels = np.asarray(score, dtype=np.float64), np.asarray(label, dtype=np.float64)
    if scores.shape != labels.shape or scores.ndim != 1:
        raise ConfigError("crises.panel", column="label", found=labels.shape, wanted=scores.shape)
    if np.isnan(scores).any() or not np.isin(labels, (0.0, 1.0)).all():
        raise ConfigError("crises.label")
    return scores, labels


def auroc_of_weights(score: ArrayLike, label: ArrayLike, weights: Floats) -> Floats:
    r"""Areas for many sets of weights at once.

    Parameters
    ----------
    score, label : array_like, shape (n,)
        Figures and marks, 1 before a crisis and 0 otherwise.
    weights : ndarray, shape (sets, n)
        How often each observation counts.

    Returns
    -------
    ndarray, shape (sets,)
        NaN where a set has no observation of one kind.

    Notes
    -----
    .. math:: A = \frac{\sum_{i: y_i = 1} w_i (W^0_{x < x_i} + \tfrac12 W^0_{x = x_i})}{W^1 W^0},

    the chance that a random observation before a crisis has the higher score, ties counting half
    (Mann and Whitney). W are sums of weights; 0 and 1 the kinds.
    """
    scores, labels = _checked(score, label)
    _, group = np.unique(scores, return_inverse=True)
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    if not len(order):
        return np.full(len(weights), np.nan)
    ordered = weights[:, order]
    up = np.add.reduceat(ordered * labels[order], starts, axis=1)
    down = np.add.reduceat(ordered * (1.0 - labels[order]), starts, axis=1)
    below = np.cumsum(down, axis=1) - down
    pairs = up.sum(axis=1) * down.sum(axis=1)
    won = (up * (below + 0.5 * down)).sum(axis=1)
    found: Floats = np.divide(won, pairs, out=np.full(len(weights), np.nan), where=pairs > 0)
    return found


def auroc(score: ArrayLike, label: ArrayLike) -> float:
    """The area for observations that count once each; NaN where one kind is missing."""
    count = np.asarray(score).shape[-1] if np.ndim(score) else 0
    return float(auroc_of_weights(score, label, np.ones((1, count)))[0])
