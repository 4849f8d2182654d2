"""Gymnasium's name for the environments."""

from __future__ import annotations

import gymnasium as gym

ENV_ID = "metalore/SubMetaverse-v0"


def register() -> None:
    if ENV_ID in gym.registry:
        return
    gym.register(
        ENV_ID,
        entry_point="metalore.env:SubMetaverseEnv",
        vector_entry_point="metalore.vector:SubMetaverseVectorEnv",
    )
