"""Runs of the simulator as pandas tables."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from ._command import InputFile, assignments, run_json
from ._spaces import scenario_changes


@dataclass(frozen=True)
class Simulation:
    """What a run leaves.

    ``metrics``: mean, 95 % interval and standard deviation over episodes of AoSI and AoRI (steps), served share, reward and
    late requests. ``tables``: by name; ``episodes`` has a row an episode, a missing age is NaN.
    """

    metrics: dict[str, dict[str, float]]
    tables: dict[str, pd.DataFrame] = field(repr=False)
    details: dict[str, Any] = field(repr=False)

    @property
    def episodes(self) -> pd.DataFrame:
        return self.tables["episodes"]

    @property
    def requests(self) -> pd.DataFrame:
        """A row a completed request. :raises KeyError: ask for it with ``tables=["episodes", "requests"]``"""
        return self.tables["requests"]

    @property
    def steps(self) -> pd.DataFrame:
        """A row a step and cell. :raises KeyError: ask for it with ``tables=["episodes", "steps"]``"""
        return self.tables["steps"]


def simulate(
    scenario: str | os.PathLike[str] | Mapping[str, Any] = "paper",
    *,
    policy: str | os.PathLike[str] = "fixed:0.3,0.3",
    episodes: int = 100,
    seed: int = 1,
    eta: float | None = None,
    late_penalty: float | None = None,
    changes: Mapping[str, Any] | None = None,
    tables: Sequence[str] = ("episodes",),
    workers: int | None = None,
) -> Simulation:
    """Episodes of one scenario under one policy: the numbers of ``metalore simulate``.

    :param policy: a rule (``"fixed:0.3,0.3"``, ``"queue-proportional"``), a run's folder or a policy file
    :param tables: of ``episodes``, ``requests``, ``steps``
    :raises ScenarioError: with every problem in ``problems``
    """
    with InputFile(scenario) as name, tempfile.TemporaryDirectory(prefix="metalore-") as folder:
        out = Path(folder) / "run"
        answer = run_json(
            [
                "simulate",
                name,
                *("--policy", os.fspath(policy)),
                *("--episodes", str(episodes)),
                *("--seed", str(seed)),
                *assignments(scenario_changes(eta, late_penalty, changes)),
                *("--tables", ",".join(tables)),
                *(() if workers is None else ("--workers", str(workers))),
                *("--format", "csv", "--no-report", "--out", str(out)),
            ]
        )
        frames = {file.stem: read_table(file) for file in sorted(out.glob("*.csv"))}
    metrics = answer.pop("metrics")
    return Simulation(metrics, frames, answer)


def read_table(file: str | os.PathLike[str]) -> pd.DataFrame:
    """A table that a run wrote, CSV or Parquet, with exact numbers. :raises ImportError: Parquet needs pyarrow"""
    path = Path(file)
    if path.suffix.lower() == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path, float_precision="round_trip")


def read_run(folder: str | os.PathLike[str]) -> dict[str, pd.DataFrame]:
    """All tables of a folder that ``metalore simulate|sweep … --out`` wrote, by name."""
    files = [file for file in sorted(Path(folder).iterdir()) if file.suffix in (".csv", ".parquet")]
    return {file.stem: read_table(file) for file in files}
