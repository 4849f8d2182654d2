"""MetaLore: sub-metaverses and digital twins at the wireless edge, for Gymnasium, PettingZoo and Stable-Baselines3.

>>> import gymnasium as gym, metalore
>>> env = gym.make("metalore/SubMetaverse-v0", scenario="paper", eta=0.9)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from . import _register
from .errors import (
    EpisodeEndedError,
    InfeasibleError,
    InputError,
    MetaloreError,
    NodeError,
    Problem,
    ScenarioError,
)

if TYPE_CHECKING:
    from . import sb3
    from .env import SubMetaverseEnv
    from .multi_agent import parallel_env
    from .policy import Policy, load_policy
    from .render import save_gif
    from .results import Simulation, read_run, read_table, simulate
    from .sb3 import sb3_vec_env
    from .systems import caching, solve_partition, solve_urllc
    from .vector import SubMetaverseVectorEnv

__version__ = "0.1.0"

# Imported when first asked for: pandas, PettingZoo and Stable-Baselines3 take longer to import than MetaLore.
_LAZY = {
    "SubMetaverseEnv": "env",
    "SubMetaverseVectorEnv": "vector",
    "parallel_env": "multi_agent",
    "sb3": "sb3",
    "sb3_vec_env": "sb3",
    "simulate": "results",
    "Simulation": "results",
    "read_run": "results",
    "read_table": "results",
    "load_policy": "policy",
    "Policy": "policy",
    "save_gif": "render",
    "solve_partition": "systems",
    "solve_urllc": "systems",
    "caching": "systems",
}

__all__ = [
    "EpisodeEndedError",
    "InfeasibleError",
    "InputError",
    "MetaloreError",
    "NodeError",
    "Policy",
    "Problem",
    "ScenarioError",
    "Simulation",
    "SubMetaverseEnv",
    "SubMetaverseVectorEnv",
    "caching",
    "load_policy",
    "parallel_env",
    "read_run",
    "read_table",
    "save_gif",
    "sb3",
    "sb3_vec_env",
    "simulate",
    "solve_partition",
    "solve_urllc",
]

_register.register()


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'metalore' has no attribute {name!r}")
    module = importlib.import_module(f".{_LAZY[name]}", __name__)
    return module if name == _LAZY[name] else getattr(module, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_LAZY])
