"""One environment under Gymnasium's contract."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
import numpy.typing as npt

from . import render as _render
from ._batch import Batch, Floats, seed_of
from ._spaces import action_box, observation_box, scenario_changes
from .errors import InputError

Info = dict[str, Any]
#: (reward, info) -> reward; floats for one environment, arrays ``[num_envs]`` in a vector environment.
RewardFunction = Callable[[Any, Info], Any]
#: (observation, info) -> observation.
ObservationFunction = Callable[[Any, Info], Any]


def without_missing(names: list[str], values: list[float]) -> Info:
    """Information by name. An age that nothing has yet is left out, not NaN: runs of one seed must compare equal."""
    return {name: value for name, value in zip(names, values, strict=True) if value == value}


class SubMetaverseEnv(gym.Env[Floats, Floats]):
    """The sub-metaverses of a scenario: observe queues, split bandwidth and compute (paper 000, section II).

    Observation: the scenario's features for each cell, side by side (:attr:`observation_names` has names and units).
    Action: rhoC, rhoP of each cell, in [0, 1]; values outside are clipped and counted in ``info["clippedSplits"]``.
    Episodes are cut by their length (``truncated``), never ``terminated``.

    :param scenario: a preset (``"paper"``), a file, or a dictionary
    :param eta: discount of the reward per step of AoSI, in (0, 1]
    :param late_penalty: c2, added for a late request, at most 0
    :param changes: fields by dotted path, ``{"ues.count": 20}``
    :param reward: a reward of your own over a step's information
    :param render_mode: ``"rgb_array"`` or ``"human"``
    :raises ScenarioError: with every problem of the scenario in ``problems``
    """

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["rgb_array", "human"], "render_fps": 10}  # type: ignore[misc]

    def __init__(
        self,
        scenario: str | os.PathLike[str] | Mapping[str, Any] = "paper",
        *,
        eta: float | None = None,
        late_penalty: float | None = None,
        changes: Mapping[str, Any] | None = None,
        reward: RewardFunction | None = None,
        render_mode: str | None = None,
    ) -> None:
        if render_mode is not None and render_mode not in self.metadata["render_modes"]:
            raise InputError(f"render_mode is {render_mode!r}: expected one of {self.metadata['render_modes']}")
        self._scenario_source = scenario
        self._changes = scenario_changes(eta, late_penalty, changes)
        self._reward = reward
        self.render_mode = render_mode
        self._window: _render.Window | None = None
        self._open(self._changes)
        self.observation_space = observation_box(self._batch)
        self.action_space = action_box(self._batch)

    def _open(self, changes: Mapping[str, Any]) -> None:
        self._batch = Batch(self._scenario_source, changes, 1, "disabled")
        # Views: the arrays are written over by every step.
        arrays = self._batch.arrays
        self._observation, self._info = arrays["observations"][0], arrays["info"][0]
        self._rewards, self._truncated = arrays["rewards"], arrays["truncated"]

    @property
    def observation_names(self) -> list[str]:
        """Name and unit of each number observed."""
        return self._batch.observation_names

    @property
    def action_names(self) -> list[str]:
        return self._batch.action_names

    @property
    def scenario(self) -> dict[str, Any]:
        """The scenario in full, resolved."""
        return self._batch.scenario

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Floats, Info]:
        """Starts the first episode of a seed, or without one the next.

        :param options: ``{"changes": {"ues.count": 20}}`` changes the scenario from now on, as long as the spaces keep
            their shapes
        :raises InputError: a seed that is not a non-negative integer, unknown options
        """
        start = float("nan") if seed is None else seed_of(seed)
        super().reset(seed=seed)
        if options:
            self._change(options)
        elif seed is None and not hasattr(self, "_seeded"):
            # As Gymnasium has it: the first reset without a seed is a different run every time.
            start = float(self.np_random.integers(2**53))
        self._seeded = True
        self._batch.reset(np.array([start]))
        return self._observation.copy(), self._report()

    def step(self, action: npt.ArrayLike) -> tuple[Floats, float, bool, bool, Info]:
        """:raises InputError: wrong shape, not finite, or past the end of the episode; nothing has moved then"""
        self._batch.step(np.asarray(action, np.float64).reshape(1, -1))
        info = self._report()
        reward: float = self._rewards.item(0)
        if self._reward is not None:
            reward = float(self._reward(reward, info))
        if self.render_mode == "human":
            self.render()
        return self._observation.copy(), reward, False, bool(self._truncated[0]), info

    def _report(self) -> Info:
        return without_missing(self._batch.info_names, self._info.tolist())

    def _change(self, options: dict[str, Any]) -> None:
        unknown = sorted(set(options) - {"changes"})
        if unknown:
            raise InputError(f'unknown options {", ".join(unknown)}: accepted: "changes"')
        before, shape = self._batch, self.observation_space.shape
        changes = {**self._changes, **options["changes"]}
        self._open(changes)
        if observation_box(self._batch).shape != shape:
            self._batch.close()
            self._batch = before
            raise InputError("these changes give the spaces other shapes: make a new environment")
        before.close()
        self._changes = changes
        self.observation_space = observation_box(self._batch)

    def render(self) -> npt.NDArray[np.uint8] | None:  # type: ignore[override]
        """A picture ``[height, width, 3]`` in mode ``rgb_array``; a window in mode ``human``."""
        if self.render_mode is None:
            gym.logger.warn('render() without render_mode: gym.make(..., render_mode="rgb_array")')
            return None
        picture = _render.draw(self._batch.view(0))
        if self.render_mode == "rgb_array":
            return picture
        if self._window is None:
            self._window = _render.Window(picture.shape, self.metadata["render_fps"])
        self._window.show(picture)
        return None

    def close(self) -> None:
        if self._window is not None:
            self._window.close()
            self._window = None
        self._batch.close()

    def __getstate__(self) -> dict[str, Any]:
        """A copy is a process of its own that goes on from the same state, bit for bit."""
        hidden = ("_batch", "_window", "_observation", "_info", "_rewards", "_truncated")
        state = {name: value for name, value in self.__dict__.items() if name not in hidden}
        return {**state, "_snapshot": self._batch.snapshot()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        snapshot = state.pop("_snapshot")
        self.__dict__.update(state, _window=None)
        self._open(self._changes)
        self._batch.restore(snapshot)
