"""PettingZoo: an agent for every cell."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from gymnasium.spaces import Space
from pettingzoo import ParallelEnv

from . import render as _render
from ._batch import Batch, Floats, seed_of
from ._spaces import action_box, observation_box, scenario_changes
from .env import without_missing
from .errors import EpisodeEndedError, InputError

Dict = dict[str, Any]


class SubMetaverseParallelEnv(ParallelEnv):  # type: ignore[misc]
    """The cells of a scenario as agents ``cell_0``, ``cell_1``, …, each with its own observation, splits and reward.

    :param scenario: a preset with several cells (``"multicell"``), a file, or a dictionary
    :raises ScenarioError: with every problem of the scenario
    """

    metadata: ClassVar[Dict] = {
        "name": "metalore_submetaverse_v0",
        "render_modes": ["rgb_array"],
        "is_parallelizable": True,
        "render_fps": 10,
    }

    def __init__(
        self,
        scenario: str | os.PathLike[str] | Mapping[str, Any] = "multicell",
        *,
        eta: float | None = None,
        late_penalty: float | None = None,
        changes: Mapping[str, Any] | None = None,
        render_mode: str | None = None,
    ) -> None:
        self._batch = Batch(scenario, scenario_changes(eta, late_penalty, changes), 1, "disabled")
        self.render_mode = render_mode
        self.possible_agents = [f"cell_{cell}" for cell in range(self._batch.cells)]
        self.agents: list[str] = []
        self._observation_space = observation_box(self._batch, slice(0, 1))
        self._action_space = action_box(self._batch, 1)
        self._cell_info = self._columns_by_cell()

    def _columns_by_cell(self) -> list[dict[str, int]]:
        """Where each cell's reward and splits stand among the columns of information."""
        names = self._batch.info_names
        cells = self._batch.cells
        first = names.index("cellReward" if cells == 1 else "cellReward[0]")
        return [
            {name: first + 3 * cell + at for at, name in enumerate(("cellReward", "rhoC", "rhoP"))} for cell in range(cells)
        ]

    @functools.cache  # noqa: B019 - PettingZoo wants the same object at every call
    def observation_space(self, agent: str) -> Space[Any]:
        return self._observation_space

    @functools.cache  # noqa: B019
    def action_space(self, agent: str) -> Space[Any]:
        return self._action_space

    def reset(self, seed: int | None = None, options: Dict | None = None) -> tuple[Dict, Dict]:
        if seed is None and not hasattr(self, "_seeded"):
            seed = int(np.random.SeedSequence().generate_state(1)[0])
        self._seeded = True
        self._batch.reset(np.array([np.nan if seed is None else seed_of(seed)]))
        self.agents = list(self.possible_agents)
        return self._observations(), self._infos()

    def step(self, actions: Mapping[str, Any]) -> tuple[Dict, Dict, Dict, Dict, Dict]:
        """:raises InputError: an agent without an action, a wrong shape, a number that is not finite"""
        if not self.agents:
            raise EpisodeEndedError("the episode has ended or not begun: call reset before the next step")
        missing = [agent for agent in self.agents if agent not in actions]
        if missing:
            raise InputError(f"no action for {', '.join(missing)}")
        rows: list[Floats] = [np.asarray(actions[agent], np.float64).ravel() for agent in self.agents]
        wrong = [agent for agent, row in zip(self.agents, rows, strict=True) if row.shape != (2,)]
        if wrong:
            raise InputError(f"the action of {wrong[0]} has a wrong shape: expected (2,)")
        self._batch.step(np.concatenate(rows)[None])
        truncated = bool(self._batch.arrays["truncated"][0])
        info = self._batch.arrays["info"][0]
        agents = self.agents
        rewards = {agent: float(info[columns["cellReward"]]) for agent, columns in zip(agents, self._cell_info, strict=True)}
        result = (
            self._observations(),
            rewards,
            dict.fromkeys(agents, False),
            dict.fromkeys(agents, truncated),
            self._infos(),
        )
        if truncated:
            self.agents = []
        return result

    def _observations(self) -> Dict:
        rows = self._batch.arrays["observations"].reshape(self._batch.cells, -1).copy()
        return dict(zip(self.possible_agents, rows, strict=True))

    def _infos(self) -> Dict:
        values = self._batch.arrays["info"][0].tolist()
        shared = {
            name: value
            for name, value in without_missing(self._batch.info_names, values).items()
            if not name.startswith(("cellReward", "rhoC", "rhoP"))
        }
        return {
            agent: {**shared, **{name: values[at] for name, at in columns.items()}}
            for agent, columns in zip(self.possible_agents, self._cell_info, strict=True)
        }

    def state(self) -> Floats:
        """What all cells observe, side by side."""
        state: Floats = self._batch.arrays["observations"][0].copy()
        return state

    def render(self) -> Any:
        return None if self.render_mode is None else _render.draw(self._batch.view(0))

    def close(self) -> None:
        self._batch.close()


def parallel_env(scenario: str | os.PathLike[str] | Mapping[str, Any] = "multicell", **options: Any) -> Any:
    """PettingZoo's name for :class:`SubMetaverseParallelEnv`."""
    return SubMetaverseParallelEnv(scenario, **options)
