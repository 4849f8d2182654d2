"""Gymnasium's spaces of a batch, and its seeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium.spaces import Box

from ._batch import Batch, Floats


def observation_box(batch: Batch, cells: slice = slice(None)) -> Box:
    """From 0 to what the scenario could create at most: finite, and never exceeded. float64, as the simulator has it."""
    high = batch.observation_high.reshape(batch.cells, -1)[cells].ravel()
    return Box(np.zeros_like(high), high, dtype=np.float64)


def action_box(batch: Batch, cells: int | None = None) -> Box:
    """Splits: of bandwidth (rhoC) and of compute (rhoP) to users, side by side for each cell."""
    size = 2 * (batch.cells if cells is None else cells)
    return Box(np.zeros(size), np.ones(size), dtype=np.float64)


def scenario_changes(eta: float | None, late_penalty: float | None, changes: Mapping[str, Any] | None) -> dict[str, Any]:
    """Named parameters and dotted paths, as one dictionary of dotted paths."""
    merged = dict(changes or {})
    if eta is not None:
        merged["reward.eta"] = eta
    if late_penalty is not None:
        merged["reward.latePenalty"] = late_penalty
    return merged


def next_episode(count: int) -> Floats:
    return np.full(count, np.nan)
