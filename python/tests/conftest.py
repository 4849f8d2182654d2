"""Shared by all tests."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pytest


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(5)


@pytest.fixture
def env():
    environment = gym.make("metalore/SubMetaverse-v0", scenario="paper")
    yield environment
    environment.close()
