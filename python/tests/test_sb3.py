"""Stable-Baselines3: its checks, its learners, and its policies outside of it."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

sb3 = pytest.importorskip("stable_baselines3")

from stable_baselines3 import PPO, SAC  # noqa: E402
from stable_baselines3.common.env_checker import check_env  # noqa: E402
from stable_baselines3.common.evaluation import evaluate_policy  # noqa: E402
from stable_baselines3.common.vec_env import VecNormalize  # noqa: E402

import metalore  # noqa: E402

SMALL = {"n_steps": 25, "batch_size": 100, "n_epochs": 1, "seed": 1, "device": "cpu"}


def test_check_env():
    env = metalore.SubMetaverseEnv()
    with warnings.catch_warnings():
        # It advises symmetric actions; ours are shares.
        warnings.filterwarnings("ignore", message=".*symmetric.*")
        check_env(env)
    env.close()


def test_vec_env_rows_equal_single_environments(random):
    venv = metalore.sb3_vec_env("paper", num_envs=3, seed=5)
    single = metalore.SubMetaverseEnv()
    observation, _ = single.reset(seed=6)
    observations = venv.reset()
    for _ in range(150):
        np.testing.assert_array_equal(observations[1], observation)
        actions = random.random((3, 2))
        observations, rewards, dones, infos = venv.step(actions)
        observation, reward, _, truncated, info = single.step(actions[1])
        assert rewards[1] == np.float32(reward) and dones[1] == truncated
        if truncated:
            np.testing.assert_array_equal(infos[1]["terminal_observation"], observation)
            assert infos[1]["TimeLimit.truncated"] and infos[1]["episode"]["r"] == info["reward"]
            observation, _ = single.reset()
    venv.close()
    single.close()


def test_ppo_learns_saves_loads_and_is_evaluated(tmp_path):
    venv = VecNormalize(metalore.sb3_vec_env("paper", num_envs=8))
    model = PPO("MlpPolicy", venv, **SMALL)
    model.learn(1000)
    model.save(tmp_path / "model")
    loaded = PPO.load(tmp_path / "model", device="cpu")
    observation = np.array([3.0, 4.0])
    np.testing.assert_array_equal(
        model.predict(observation, deterministic=True)[0], loaded.predict(observation, deterministic=True)[0]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mean, _ = evaluate_policy(loaded, metalore.sb3_vec_env("paper", num_envs=4), n_eval_episodes=4)
    assert np.isfinite(mean)


def test_sac_runs():
    model = SAC("MlpPolicy", metalore.SubMetaverseEnv(), learning_starts=50, batch_size=32, device="cpu")
    model.learn(120)


def test_an_exported_policy_acts_as_the_model_here_and_in_the_simulator(tmp_path, random):
    venv = VecNormalize(metalore.sb3_vec_env("paper", num_envs=8))
    model = PPO("MlpPolicy", venv, **SMALL)
    model.learn(400)
    file = metalore.sb3.export(model, tmp_path / "policy.json")
    policy = metalore.load_policy(file)
    observations = random.random((20, 2)) * 50
    expected = model.predict(venv.normalize_obs(observations), deterministic=True)[0]
    np.testing.assert_allclose(policy.predict(observations)[0], expected, atol=1e-5)

    run = metalore.simulate("paper", policy=file, episodes=2, seed=3).episodes
    env = metalore.SubMetaverseEnv()
    for episode in range(2):
        observation, _ = env.reset(seed=3) if episode == 0 else env.reset()
        done = False
        while not done:
            observation, _, _, done, info = env.step(policy.predict(observation)[0])
        assert run["reward"][episode] == pytest.approx(info["reward"], rel=1e-9)
    env.close()


def test_onnx_export_writes_a_model(tmp_path):
    pytest.importorskip("torch")
    model = SAC("MlpPolicy", metalore.SubMetaverseEnv(), learning_starts=10, device="cpu")
    file = metalore.sb3.export(model, tmp_path / "sac.onnx")
    assert file.stat().st_size > 1000 and not list(tmp_path.glob("*.partial"))
    with pytest.raises(metalore.InputError, match=r"\.onnx or \.json"):
        metalore.sb3.export(model, tmp_path / "sac.pt")
    with pytest.raises(metalore.InputError, match="tanh"):
        metalore.sb3.export(model, tmp_path / "sac.json")
