"""Gymnasium's contract, and what its own checkers say."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import warnings

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode
from gymnasium.wrappers.vector import RecordEpisodeStatistics

import metalore

ID = "metalore/SubMetaverse-v0"


def roll(env, actions):
    return [env.step(action) for action in actions]


def same(a, b):
    for one, other in zip(a, b, strict=True):
        np.testing.assert_array_equal(one[0], other[0])
        assert one[1:4] == other[1:4]
        np.testing.assert_equal(one[4], other[4])


def test_check_env_has_nothing_to_say():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # The checker compares a render mode by its picture: tested in test_render.
        check_env(gym.make(ID, scenario="paper").unwrapped, skip_render_check=True)


def test_gymnasium_finds_it_by_module_name():
    code = f"import gymnasium as gym; e = gym.make('metalore:{ID}'); e.reset(seed=1); print(e.step(e.action_space.sample())[1])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) >= 0


@pytest.mark.parametrize("scenario", ["paper", "dynamic", "multicell"])
def test_observations_stay_in_their_finite_space(scenario, random):
    env = gym.make(ID, scenario=scenario).unwrapped
    assert np.isfinite(env.observation_space.high).all()
    assert len(env.observation_names) == env.observation_space.shape[0]
    env.reset(seed=3)
    for _ in range(100):
        observation, *_ = env.step(random.random(env.action_space.shape) * 0.2)
        assert env.observation_space.contains(observation)
    env.close()


def test_same_seed_same_numbers_and_no_seed_goes_on(env, random):
    actions = random.random((100, 2))
    env.reset(seed=7)
    first = roll(env, actions)
    env.reset()
    second = roll(env, actions)
    env.reset(seed=7)
    same(first, roll(env, actions))
    env.reset()
    same(second, roll(env, actions))
    assert [r[1] for r in first] != [r[1] for r in second]


@pytest.mark.parametrize("seed", [-1, 1.5, True, "1", float("nan"), 2**53])
def test_refuses_seeds_that_are_none(env, seed):
    with pytest.raises((metalore.InputError, gym.error.Error)):
        env.unwrapped.reset(seed=seed)


def test_refuses_a_step_past_the_end(env):
    env.reset(seed=1)
    for _ in range(99):
        assert env.step([0.3, 0.3])[2:4] == (False, False)
    assert env.step([0.3, 0.3])[2:4] == (False, True)
    with pytest.raises(metalore.EpisodeEndedError, match="call reset"):
        env.step([0.3, 0.3])
    env.reset()
    env.step([0.3, 0.3])


@pytest.mark.parametrize("action", [[np.nan, 0], [np.inf, 0], [0.1], [0.1, 0.2, 0.3], [[0.1, 0.2], [0.3, 0.4]]])
def test_refuses_actions_that_are_none_and_stays_usable(env, action):
    env.reset(seed=1)
    with pytest.raises(metalore.InputError, match="expected"):
        env.unwrapped.step(action)
    same([env.step([0.3, 0.3])], [fresh_first_step()])


def fresh_first_step():
    other = gym.make(ID, scenario="paper")
    other.reset(seed=1)
    step = other.step([0.3, 0.3])
    other.close()
    return step


def test_clips_and_counts_splits_outside_the_space(env):
    env.reset(seed=1)
    info = env.unwrapped.step([-0.5, 1.5])[4]
    assert (info["clippedSplits"], info["rhoC"], info["rhoP"]) == (2, 0, 1)


def test_reward_and_scenario_can_be_changed():
    env = gym.make(ID, scenario="paper", eta=0.5, late_penalty=-3, changes={"ues.count": 4})
    assert env.unwrapped.scenario["reward"]["eta"] == 0.5
    assert env.unwrapped.scenario["reward"]["latePenalty"] == -3
    env.reset(seed=1, options={"changes": {"ues.count": 20}})
    assert env.unwrapped.scenario["ues"]["count"] == 20
    with pytest.raises(metalore.InputError, match="other shapes"):
        env.reset(options={"changes": {"observation": ["served-share"]}})
    with pytest.raises(metalore.InputError, match="unknown options"):
        env.reset(options={"chnges": {}})
    env.step([0.3, 0.3])
    env.close()


def test_all_problems_of_a_scenario_come_at_once():
    with pytest.raises(metalore.ScenarioError) as caught:
        metalore.SubMetaverseEnv({"cells": [{"xM": 1, "yM": 1, "bandwidthHz": -5}], "ues": {"cont": 3}})
    assert {problem.path for problem in caught.value.problems} == {"cells[0].bandwidthHz", "ues.cont"}
    with pytest.raises(metalore.ScenarioError, match="presets: .*paper"):
        metalore.SubMetaverseEnv("papper")


def test_a_reward_of_ones_own():
    env = metalore.SubMetaverseEnv(reward=lambda reward, info: info["requestsCompleted"] - info["late"])
    env.reset(seed=2)
    for _ in range(30):
        _, reward, _, _, info = env.step([0.5, 0.5])
        assert reward == info["requestsCompleted"] - info["late"]
    env.close()


def test_copies_and_pickles_go_on_bit_for_bit(env, random):
    one = env.unwrapped
    one.reset(seed=4)
    roll(one, random.random((40, 2)))
    copies = [copy.deepcopy(one), pickle.loads(pickle.dumps(one))]
    rest = random.random((60, 2))
    expected = roll(one, rest)
    for other in copies:
        same(expected, roll(other, rest))
        other.close()


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("num_envs", [1, 8, 64])
def test_vector_rows_equal_single_environments(num_envs, workers, random):
    envs = gym.make_vec(ID, num_envs=num_envs, scenario="paper", workers=workers)
    assert envs.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP
    observations, _ = envs.reset(seed=11)
    picked = {0, num_envs // 2, num_envs - 1}
    singles = {at: metalore.SubMetaverseEnv() for at in picked}
    for at, single in singles.items():
        np.testing.assert_array_equal(single.reset(seed=11 + at)[0], observations[at])
    for _ in range(205):
        actions = random.random((num_envs, 2))
        observations, rewards, terminated, truncated, infos = envs.step(actions)
        for at, single in singles.items():
            expected = single.step(actions[at])
            assert (rewards[at], terminated[at], truncated[at]) == expected[1:4]
            if truncated[at]:
                np.testing.assert_array_equal(infos["final_obs"][at], expected[0])
                assert infos["_final_info"][at]
                for name, value in expected[4].items():
                    assert infos["final_info"][f"_{name}"][at] and infos["final_info"][name][at] == value
                expected = (single.reset()[0],)
            np.testing.assert_array_equal(observations[at], expected[0])
    envs.close()
    for single in singles.values():
        single.close()


def test_next_step_and_disabled_autoreset(random):
    same_step = metalore.SubMetaverseVectorEnv(num_envs=3)
    next_step = metalore.SubMetaverseVectorEnv(num_envs=3, autoreset_mode=AutoresetMode.NEXT_STEP)
    disabled = metalore.SubMetaverseVectorEnv(num_envs=3, autoreset_mode=AutoresetMode.DISABLED)
    for envs in (same_step, next_step, disabled):
        envs.reset(seed=1)
    actions = random.random((100, 3, 2))
    for action in actions:
        results = [envs.step(action) for envs in (same_step, next_step, disabled)]
    final = results[0][4]["final_obs"]
    np.testing.assert_array_equal(final, results[1][0])
    np.testing.assert_array_equal(final, results[2][0])
    after = next_step.step(actions[0])
    np.testing.assert_array_equal(after[0], results[0][0])
    assert not after[1].any() and not after[3].any()
    with pytest.raises(metalore.EpisodeEndedError):
        disabled.step(actions[0])
    disabled.reset(options={"reset_mask": np.array([True, True, True])})
    disabled.step(actions[0])
    for envs in (same_step, next_step, disabled):
        envs.close()


def test_gymnasiums_vector_wrappers_work(random):
    envs = RecordEpisodeStatistics(gym.make_vec(ID, num_envs=4, scenario="paper"))
    envs.reset(seed=1)
    total = np.zeros(4)
    for _ in range(100):
        *_, infos = step = envs.step(random.random((4, 2)))
        total += step[1]
    np.testing.assert_allclose(infos["episode"]["r"], total)
    envs.close()
