"""Many environments stepped together: one call a step."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from . import render as _render
from ._batch import Autoreset, Batch, Floats, Workers, seed_of
from ._spaces import action_box, next_episode, observation_box, scenario_changes
from .env import RewardFunction
from .errors import InputError

Bools = npt.NDArray[np.bool_]
_MODES: dict[AutoresetMode, Autoreset] = {
    AutoresetMode.SAME_STEP: "same-step",
    AutoresetMode.NEXT_STEP: "next-step",
    AutoresetMode.DISABLED: "disabled",
}


class SubMetaverseVectorEnv(VectorEnv[Floats, Floats, Any]):
    """``num_envs`` environments of one scenario over typed arrays.

    Environment i behaves, bit for bit, as :class:`SubMetaverseEnv` reset with ``seed + i``, however many others there are
    and whatever ``workers`` is. Information comes as arrays ``[num_envs]`` under the same names; in mode ``SAME_STEP`` the
    ended episode's last observation and information stand in ``infos["final_obs"]`` and ``infos["final_info"]``.

    :param workers: Node processes; ``"auto"``: one for every 32 environments, at most one a core
    :param autoreset_mode: as Gymnasium's; default ``SAME_STEP``
    :raises ScenarioError: with every problem of the scenario
    """

    def __init__(
        self,
        scenario: str | os.PathLike[str] | Mapping[str, Any] = "paper",
        *,
        num_envs: int = 1,
        eta: float | None = None,
        late_penalty: float | None = None,
        changes: Mapping[str, Any] | None = None,
        reward: RewardFunction | None = None,
        workers: Workers = "auto",
        autoreset_mode: AutoresetMode | str = AutoresetMode.SAME_STEP,
        render_mode: str | None = None,
    ) -> None:
        if render_mode not in (None, "rgb_array"):
            raise InputError(f'render_mode is {render_mode!r}: a vector environment has "rgb_array"')
        mode = AutoresetMode(autoreset_mode)
        self.metadata = {
            "render_modes": ["rgb_array"],
            "render_fps": 10,
            "autoreset_mode": mode,
        }
        self.render_mode = render_mode
        self.num_envs = num_envs
        self._reward = reward
        self._same_step = mode is AutoresetMode.SAME_STEP
        self._batch = Batch(scenario, scenario_changes(eta, late_penalty, changes), num_envs, _MODES[mode], workers)
        self.single_observation_space = observation_box(self._batch)
        self.single_action_space = action_box(self._batch)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._all = np.ones(num_envs, bool)
        self._seeded = False

    @property
    def scenario(self) -> dict[str, Any]:
        """The scenario in full, resolved."""
        return self._batch.scenario

    @property
    def workers(self) -> int:
        """Node processes in use."""
        return len(self._batch.children)

    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Floats, dict[str, Any]]:
        """:param seed: environment i gets ``seed + i``, or its own from a list; without, its next episode
        :param options: ``{"reset_mask": bool array}`` resets some environments only
        """
        mask = self._mask(options)
        self._batch.reset(self._seeds(seed), mask)
        self._seeded = True
        arrays = self._batch.arrays
        return arrays["observations"].copy(), self._infos(arrays["info"].copy(), self._all)

    def step(self, actions: npt.ArrayLike) -> tuple[Floats, Floats, Bools, Bools, dict[str, Any]]:
        """:raises InputError: wrong shape or not finite; no environment has moved then"""
        self._batch.step(actions)
        arrays = self._batch.arrays
        truncated = arrays["truncated"].astype(bool)
        infos = self._infos(arrays["info"].copy(), self._all)
        rewards = arrays["rewards"].copy()
        if self._same_step and truncated.any():
            infos["final_obs"] = arrays["finalObservations"].copy()
            infos["final_info"] = self._infos(arrays["finalInfo"].copy(), truncated)
            infos["_final_obs"] = infos["_final_info"] = truncated.copy()
        if self._reward is not None:
            rewards = np.asarray(self._reward(rewards, self._of_the_step(infos, truncated)), np.float64)
        return arrays["observations"].copy(), rewards, arrays["terminated"].astype(bool), truncated, infos

    def _of_the_step(self, infos: dict[str, Any], truncated: Bools) -> dict[str, Any]:
        """Information about the step that was made, also where the next episode has begun."""
        if not (self._same_step and truncated.any()):
            return infos
        return {name: np.where(truncated, infos["final_info"][name], infos[name]) for name in self._batch.info_names}

    def _infos(self, table: Floats, valid: Bools) -> dict[str, Any]:
        # Gymnasium's masks say where there is a value: an age that nothing has yet is NaN in the array.
        present = (table == table) & valid[:, None]
        infos: dict[str, Any] = {}
        for column, name in enumerate(self._batch.info_names):
            infos[name] = table[:, column]
            infos[f"_{name}"] = present[:, column]
        return infos

    def _seeds(self, seed: int | list[int | None] | None) -> Floats:
        if seed is None:
            if self._seeded:
                return next_episode(self.num_envs)
            first = int(np.random.SeedSequence().generate_state(1)[0])
            return np.arange(first, first + self.num_envs, dtype=np.float64)
        if isinstance(seed, list | tuple | np.ndarray):
            if len(seed) != self.num_envs:
                raise InputError(f"{len(seed)} seeds for {self.num_envs} environments")
            return np.array([np.nan if one is None else seed_of(one, f"seed[{at}]") for at, one in enumerate(seed)])
        return seed_of(seed) + np.arange(self.num_envs)

    def _mask(self, options: dict[str, Any] | None) -> Bools | None:
        unknown = sorted(set(options or {}) - {"reset_mask"})
        if unknown:
            raise InputError(f'unknown options {", ".join(unknown)}: accepted: "reset_mask"')
        if not options or options.get("reset_mask") is None:
            return None
        mask = np.asarray(options["reset_mask"])
        if mask.shape != (self.num_envs,) or mask.dtype != bool:
            raise InputError(f"reset_mask: expected booleans of shape ({self.num_envs},)")
        return mask

    def render(self) -> tuple[Any, ...] | None:
        """A picture of each environment."""
        if self.render_mode is None:
            return None
        return tuple(_render.draw(self._batch.view(at)) for at in range(self.num_envs))

    def close_extras(self, **_: Any) -> None:
        self._batch.close()

    def __del__(self) -> None:
        # Gymnasium's own closes with a warning; the processes end by themselves when the batch is collected.
        pass
