"""Environments spread over child processes, stepped together."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ._child import Child, Op
from ._interrupt import Uninterrupted
from .errors import EpisodeEndedError, InputError, MetaloreError

Floats = npt.NDArray[np.float64]
Workers = int | Literal["auto"]
Autoreset = Literal["same-step", "next-step", "disabled"]

#: A batch much larger than this no longer fits a core's cache.
_ENVS_PER_WORKER = 32


class Batch:
    """``num_envs`` environments of one scenario. Environment i has a random stream of its own, so what happens in it
    does not depend on how the batch is split over workers.

    :param scenario: preset, file or a scenario as a dictionary
    :param changes: fields by dotted path
    :param workers: processes; ``"auto"``: one for every 32 environments, at most one a core
    """

    def __init__(
        self,
        scenario: str | os.PathLike[str] | Mapping[str, Any],
        changes: Mapping[str, Any],
        num_envs: int,
        autoreset: Autoreset,
        workers: Workers = "auto",
    ) -> None:
        if not isinstance(num_envs, int) or num_envs < 1:
            raise InputError(f"num_envs is {num_envs!r}: expected an integer, 1 or more")
        count = min(num_envs, _worker_count(workers, num_envs))
        bounds = [num_envs * k // count for k in range(count + 1)]
        self.slices = [slice(a, b) for a, b in itertools.pairwise(bounds)]
        self.num_envs = num_envs
        self.autoreset = autoreset
        self.scenario_source = scenario
        self.changes = dict(changes)
        request = {
            "scenario": dict(scenario) if isinstance(scenario, Mapping) else os.fspath(scenario),
            "folder": os.getcwd(),
            "set": self.changes,
            "autoreset": autoreset,
        }
        self.children: list[Child] = []
        try:
            for part in self.slices:
                self.children.append(Child({**request, "numEnvs": part.stop - part.start}))
        except BaseException:
            self.close()
            raise
        answer = self.children[0].answer
        self.scenario: dict[str, Any] = answer["scenario"]
        self.cells: int = answer["cells"]
        self.observation_names: list[str] = answer["observation"]["names"]
        self.observation_high: Floats = np.asarray(answer["observation"]["high"], np.float64)
        self.action_names: list[str] = answer["action"]["names"]
        self.info_names: list[str] = answer["infoNames"]
        self.action_size = len(self.action_names)
        if count == 1:
            self.arrays = self.children[0].arrays
        else:
            self.arrays = {
                name: np.zeros((num_envs, *array.shape[1:]), array.dtype) for name, array in self.children[0].arrays.items()
            }

    def step(self, actions: npt.ArrayLike) -> None:
        """Sends to all workers before it reads from any. The results stand in :attr:`arrays`.

        :raises InputError: wrong shape, or a number that is not finite; no environment has moved then
        """
        batch = self._actions(actions)
        if self.autoreset == "disabled" and self.arrays["truncated"].any():
            ended = int(np.argmax(self.arrays["truncated"]))
            which = "the episode" if self.num_envs == 1 else f"the episode of environment {ended}"
            raise EpisodeEndedError(f"{which} has ended: call reset before the next step")
        with Uninterrupted():
            for child, part in zip(self.children, self.slices, strict=True):
                child.send(Op.STEP, batch[part])
            self._collect()

    def reset(self, seeds: Floats, mask: npt.NDArray[np.bool_] | None = None) -> None:
        """:param seeds: ``[num_envs]``, NaN for the next episode of the seed given last"""
        chosen = np.ones(self.num_envs, np.uint8) if mask is None else mask.astype(np.uint8)
        with Uninterrupted():
            for child, part in zip(self.children, self.slices, strict=True):
                child.send(Op.RESET, seeds[part].tobytes() + chosen[part].tobytes())
            self._collect()

    def snapshot(self) -> list[Any]:
        """Plain data, from which :meth:`restore` goes on bit for bit, with the same split over workers."""
        return [json.loads(bytes(child.call(Op.SNAPSHOT))) for child in self.children]

    def restore(self, snapshot: list[Any]) -> None:
        with Uninterrupted():
            for child, state in zip(self.children, snapshot, strict=True):
                child.send(Op.RESTORE, json.dumps(state).encode())
            self._collect()

    def view(self, environment: int) -> dict[str, Any]:
        """What a picture of one environment shows."""
        for child, part in zip(self.children, self.slices, strict=True):
            if part.start <= environment < part.stop:
                index = np.uint32(environment - part.start).tobytes()
                view: dict[str, Any] = json.loads(bytes(child.call(Op.VIEW, index)))
                return view
        raise InputError(f"environment {environment}: expected 0 to {self.num_envs - 1}")

    def close(self) -> None:
        for child in self.children:
            child.close()

    def _actions(self, actions: npt.ArrayLike) -> Floats:
        batch = np.ascontiguousarray(actions, np.float64)
        expected = (self.num_envs, self.action_size)
        if batch.shape != expected:
            raise InputError(f"actions of shape {batch.shape}: expected {expected}")
        # All are checked before any is sent: a mistake must not move half of the batch.
        if not np.isfinite(batch).all():
            row, column = np.argwhere(~np.isfinite(batch))[0]
            raise InputError(f"actions[{row}, {column}] is {batch[row, column]}: expected a finite number")
        return batch

    def _collect(self) -> None:
        failed: MetaloreError | None = None
        for child, part in zip(self.children, self.slices, strict=True):
            try:
                child.receive()
            except MetaloreError as error:
                failed = failed or error
                continue
            if len(self.children) > 1:
                for name, array in child.arrays.items():
                    self.arrays[name][part] = array
        if failed is not None:
            raise failed


def _worker_count(workers: Workers, num_envs: int) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if workers == "auto":
        return max(1, min(cores, -(-num_envs // _ENVS_PER_WORKER)))
    if not isinstance(workers, int) or isinstance(workers, bool) or workers < 1:
        raise InputError(f'workers is {workers!r}: expected "auto" or an integer, 1 or more')
    return workers


def seed_of(value: Any, name: str = "seed") -> float:
    """A seed as the protocol wants it. Gymnasium's own check lets fractions pass.

    :raises InputError: unless it is a non-negative integer below 2^53
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 0 <= int(value) < 2**53:
        raise InputError(f"{name} is {value!r}: expected an integer from 0 to 2^53 - 1")
    return float(value)
