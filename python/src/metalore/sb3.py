"""Stable-Baselines3: its vector environment without a copy of the environment per process, and policies out of it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from stable_baselines3.common.vec_env import VecEnv
from stable_baselines3.common.vec_env.base_vec_env import VecEnvStepReturn

from . import render as _render
from ._batch import Batch, Workers, seed_of
from ._spaces import action_box, observation_box, scenario_changes
from .errors import InputError


class SubMetaverseVecEnv(VecEnv):
    """``num_envs`` environments for Stable-Baselines3.

    ``infos`` holds something only for environments whose episode ended: ``terminal_observation``,
    ``TimeLimit.truncated``, ``episode`` (as Monitor writes it) and the ages of the episode. All columns of all environments
    stand in :attr:`info`, an array ``[num_envs, len(info_names)]``: a dictionary per environment and step would cost more
    than the simulation.

    :param workers: Node processes; ``"auto"``: one for every 32 environments, at most one a core
    """

    def __init__(
        self,
        scenario: str | os.PathLike[str] | Mapping[str, Any] = "paper",
        num_envs: int = 1,
        *,
        eta: float | None = None,
        late_penalty: float | None = None,
        changes: Mapping[str, Any] | None = None,
        workers: Workers = "auto",
        seed: int = 0,
        render_mode: str | None = None,
    ) -> None:
        self._batch = Batch(scenario, scenario_changes(eta, late_penalty, changes), num_envs, "same-step", workers)
        self.render_mode = render_mode
        self._next_seeds = seed_of(seed) + np.arange(num_envs)
        self._actions: Any = None
        self._started = time.time()
        super().__init__(num_envs, observation_box(self._batch), action_box(self._batch))
        # The base class asks every environment; ours share one answer.
        self.render_mode = render_mode

    @property
    def info_names(self) -> list[str]:
        return self._batch.info_names

    @property
    def info(self) -> Any:
        """``float64 [num_envs, columns]`` of the last step."""
        return self._batch.arrays["info"]

    def seed(self, seed: int | None = None) -> Sequence[int | None]:
        if seed is None:
            seed = int(np.random.SeedSequence().generate_state(1)[0])
        self._next_seeds = seed_of(seed) + np.arange(self.num_envs)
        return [seed + at for at in range(self.num_envs)]

    def reset(self) -> Any:
        """The first episodes of the seeds given last; a reset after that, the next ones."""
        self._batch.reset(self._next_seeds)
        self._next_seeds = np.full(self.num_envs, np.nan)
        self.reset_infos = [{} for _ in range(self.num_envs)]
        return self._batch.arrays["observations"].copy()

    def step_async(self, actions: Any) -> None:
        self._actions = actions

    def step_wait(self) -> VecEnvStepReturn:
        self._batch.step(self._actions)
        arrays = self._batch.arrays
        dones = arrays["truncated"].astype(bool)
        infos: list[dict[str, Any]] = [{} for _ in range(self.num_envs)]
        for at in np.flatnonzero(dones):
            infos[at] = self._end_of_episode(arrays["finalObservations"][at], arrays["finalInfo"][at])
        return arrays["observations"].copy(), arrays["rewards"].astype(np.float32), dones, infos  # type: ignore[return-value]

    def _end_of_episode(self, observation: Any, row: Any) -> dict[str, Any]:
        info = dict(zip(self._batch.info_names, row.tolist(), strict=True))
        elapsed = round(time.time() - self._started, 6)
        episode = {"r": info["reward"], "l": int(info["step"]), "t": elapsed}
        return {
            **info,
            "terminal_observation": observation.copy(),
            "TimeLimit.truncated": True,
            "episode": episode,
        }

    def close(self) -> None:
        self._batch.close()

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        return [getattr(self, attr_name)] * len(list(self._get_indices(indices)))

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        raise InputError(f"{attr_name} cannot be set: the environments live in another process; make new ones")

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> list[Any]:
        raise InputError(f"{method_name}: the environments live in another process and have no methods")

    def env_is_wrapped(self, wrapper_class: Any, indices: Any = None) -> list[bool]:
        # Episodes are counted as Monitor does, so evaluate_policy need not warn.
        wrapped = wrapper_class.__name__ == "Monitor"
        return [wrapped] * len(list(self._get_indices(indices)))

    def get_images(self) -> Sequence[Any]:
        return [_render.draw(self._batch.view(at)) for at in range(self.num_envs)]


def sb3_vec_env(
    scenario: str | os.PathLike[str] | Mapping[str, Any] = "paper", num_envs: int = 1, **options: Any
) -> SubMetaverseVecEnv:
    """Short for :class:`SubMetaverseVecEnv`."""
    return SubMetaverseVecEnv(scenario, num_envs, **options)


def export(model: Any, path: str | os.PathLike[str], *, features: Sequence[str] | None = None) -> Path:
    """Writes the deterministic policy of a trained model, for ``metalore simulate --policy`` and :func:`metalore.load_policy`.

    ``.onnx``: any policy, by torch's exporter. ``.json``: MetaLore's own policy file, for PPO and A2C with an
    ``MlpPolicy`` of tanh layers; statistics of a ``VecNormalize`` around the environment are written with it.

    :param features: what the policy observes, in order; default the paper's two queue lengths
    :raises InputError: a policy that the format cannot hold
    """
    target = Path(path)
    suffix = target.suffix.lower()
    names = list(features or ("request-queue-jobs", "update-queue-jobs"))
    size = int(np.prod(model.observation_space.shape))
    if len(names) != size:
        raise InputError(f"{len(names)} features for {size} observed numbers: name them with features=[...]")
    partial = target.with_name(f".{target.name}.partial")
    if suffix == ".onnx":
        _write_onnx(model, partial)
    elif suffix == ".json":
        partial.write_text(json.dumps(_document(model, names)))
    else:
        raise InputError(f"{target}: expected a name that ends in .onnx or .json")
    partial.replace(target)
    return target


def _write_onnx(model: Any, path: Path) -> None:
    import inspect

    import torch

    class Deterministic(torch.nn.Module):
        def __init__(self, policy: Any) -> None:
            super().__init__()
            self.policy = policy

        def forward(self, observation: Any) -> Any:
            return self.policy._predict(observation, deterministic=True)

    policy = model.policy.to("cpu")
    policy.set_training_mode(False)
    observation = torch.zeros(1, *model.observation_space.shape)
    options: dict[str, Any] = {
        "input_names": ["observation"],
        "output_names": ["action"],
        "dynamic_axes": {"observation": {0: "batch"}, "action": {0: "batch"}},
        "opset_version": 17 if "dynamo" in inspect.signature(torch.onnx.export).parameters else 16,
    }
    if "dynamo" in inspect.signature(torch.onnx.export).parameters:
        options["dynamo"] = False
    torch.onnx.export(Deterministic(policy), (observation,), str(path), **options)


def _document(model: Any, features: list[str]) -> dict[str, Any]:
    import torch

    policy = model.policy
    trunk = list(getattr(getattr(policy, "mlp_extractor", None), "policy_net", []))
    linear = [layer for layer in trunk if isinstance(layer, torch.nn.Linear)]
    if not linear or any(not isinstance(layer, torch.nn.Linear | torch.nn.Tanh) for layer in trunk):
        raise InputError(
            "a .json policy holds tanh layers (PPO or A2C with MlpPolicy and its default activation); export to .onnx"
        )
    if policy.squash_output:
        raise InputError("a .json policy of this package does not squash; export to .onnx")
    linear.append(policy.action_net)
    space = model.action_space
    normalize = model.get_vec_normalize_env()
    moments = None
    if normalize is not None and normalize.norm_obs:
        moments = {"mean": normalize.obs_rms.mean.tolist(), "variance": normalize.obs_rms.var.tolist()}
    return {
        "format": "metalore-policy",
        "version": 1,
        "name": f"sb3-{type(model).__name__.lower()}",
        "features": features,
        "actions": {
            "names": ["rhoC", "rhoP"],
            "low": space.low.tolist(),
            "high": space.high.tolist(),
        },
        "model": {
            "kind": "network",
            "encoding": {"scale": "linear", "moments": moments},
            "layers": [{"weights": layer.weight.detach().tolist(), "biases": layer.bias.detach().tolist()} for layer in linear],
            "head": {"kind": "clipped", "logStd": policy.log_std.detach().tolist()},
        },
        "training": {
            "algorithm": f"stable-baselines3 {type(model).__name__}",
            "steps": int(model.num_timesteps),
        },
    }
