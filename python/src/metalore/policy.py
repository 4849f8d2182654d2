"""Trained policies, with NumPy alone."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import InputError

Floats = npt.NDArray[np.float64]


class Policy:
    """A policy that ``metalore train`` wrote, acting deterministically.

    :ivar features: what it observes, by name, in this order
    """

    def __init__(self, document: dict[str, Any]) -> None:
        if document.get("format") != "metalore-policy" or document.get("version") != 1:
            raise InputError("not a policy file of version 1 (format: metalore-policy)")
        self.document = document
        self.name: str = document["name"]
        self.features: list[str] = document["features"]
        self._low = np.asarray(document["actions"]["low"], np.float64)
        self._high = np.asarray(document["actions"]["high"], np.float64)
        model = document["model"]
        if model["kind"] == "network":
            self._act = _network(model, self._low, self._high)
        elif model["kind"] == "linear-sigmoid":
            self._act = _linear(model, self._low, self._high)
        else:
            raise InputError(f"a model of kind {model['kind']!r}: this package runs network and linear-sigmoid")

    def predict(
        self,
        observation: npt.ArrayLike,
        state: Any = None,
        episode_start: Any = None,
        deterministic: bool = True,
    ) -> tuple[Floats, Any]:
        """Actions on observations ``[…, features]``, in the form of Stable-Baselines3's ``predict``.

        Observations of several cells side by side, ``[…, cells × features]``, give their actions side by side.

        :raises InputError: a number of features that does not fit
        """
        array = np.asarray(observation, np.float64)
        size = len(self.features)
        if array.shape[-1] % size != 0:
            raise InputError(f"{array.shape[-1]} numbers observed: {self.name} observes {size} a cell")
        actions = self._act(array.reshape(-1, size))
        return actions.reshape(*array.shape[:-1], -1), state


def load_policy(path: str | os.PathLike[str]) -> Policy:
    """A policy from the folder of a training run, or its ``policy.json``.

    :raises InputError: not a policy
    """
    file = Path(path)
    if file.is_dir():
        file = file / "policy.json"
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as cause:
        raise InputError(f"{file}: no such file; a training run has a policy.json") from cause
    except ValueError as cause:
        raise InputError(f"{file}: not JSON ({cause})") from cause
    if not isinstance(document, dict):
        raise InputError(f"{file}: not a policy file")
    return Policy(document)


def _network(model: dict[str, Any], low: Floats, high: Floats) -> Any:
    layers = [(np.asarray(layer["weights"]), np.asarray(layer["biases"])) for layer in model["layers"]]
    moments = model["encoding"]["moments"]
    log = model["encoding"]["scale"] == "log"
    squashed = model["head"]["kind"] == "squashed"

    def act(x: Floats) -> Floats:
        if log:
            x = _log_scale(x)
        if moments is not None:
            deviation = np.sqrt(np.asarray(moments["variance"]) + 1e-8)
            x = np.clip((x - np.asarray(moments["mean"])) / deviation, -10, 10)
        for number, (weights, biases) in enumerate(layers):
            x = x @ weights.T + biases
            if number < len(layers) - 1:
                x = np.tanh(x)
        if squashed:
            return low + (high - low) * (1 + np.tanh(x)) / 2
        return np.clip(x, low, high)

    return act


def _linear(model: dict[str, Any], low: Floats, high: Floats) -> Any:
    weights = np.asarray(model["weights"])

    def act(x: Floats) -> Floats:
        terms = np.concatenate([np.ones((len(x), 1)), x / 100, _log_scale(x)], axis=1)
        result: Floats = low + (high - low) / (1 + np.exp(-(terms @ weights.T)))
        return result

    return act


def _log_scale(x: Floats) -> Floats:
    result: Floats = np.sign(x) * np.log1p(np.abs(x))
    return result
