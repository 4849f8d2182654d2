"""PettingZoo: an agent for every cell."""

from __future__ import annotations

import numpy as np
import pytest

pettingzoo_test = pytest.importorskip("pettingzoo.test")

import metalore  # noqa: E402


def test_pettingzoos_own_tests():
    pettingzoo_test.parallel_api_test(metalore.parallel_env(scenario="multicell"), num_cycles=250)
    pettingzoo_test.parallel_seed_test(lambda: metalore.parallel_env(scenario="multicell"), num_cycles=30)


def test_agents_see_their_part_of_the_joint_environment(random):
    parallel = metalore.parallel_env(scenario="multicell")
    joint = metalore.SubMetaverseEnv("multicell")
    observations, _ = parallel.reset(seed=9)
    observation, _ = joint.reset(seed=9)
    for _ in range(50):
        np.testing.assert_array_equal(np.concatenate(list(observations.values())), observation)
        action = random.random(joint.action_space.shape)
        rows = dict(zip(parallel.agents, action.reshape(-1, 2), strict=True))
        observations, rewards, *_ = parallel.step(rows)
        observation, reward, *_ = joint.step(action)
        assert sum(rewards.values()) == pytest.approx(reward, rel=1e-12)
    with pytest.raises(metalore.InputError, match="no action for cell_1"):
        parallel.step({"cell_0": [0.5, 0.5]})
    parallel.close()
    joint.close()
