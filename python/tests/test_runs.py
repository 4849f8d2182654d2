"""Runs as tables, the other systems, policies and pictures."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import metalore


def test_simulate_equals_the_environment():
    run = metalore.simulate("paper", policy="fixed:0.3,0.3", episodes=3, seed=2, eta=0.5)
    assert list(run.episodes["episode"]) == [0, 1, 2]
    env = metalore.SubMetaverseEnv(eta=0.5)
    for episode in range(3):
        env.reset(seed=2) if episode == 0 else env.reset()
        for _ in range(100):
            info = env.step([0.3, 0.3])[4]
        row = run.episodes.iloc[episode]
        for name in ("reward", "aosi", "aori", "served", "late"):
            assert row[name] == info.get(name, row[name]), name
    env.close()
    assert run.metrics["aosi"]["mean"] == pytest.approx(run.episodes["aosi"].mean())


def test_requests_and_steps_are_tables_and_a_scenario_may_be_a_dictionary():
    run = metalore.simulate({"ues": {"count": 3}, "episodeSteps": 20}, episodes=2, tables=["episodes", "requests", "steps"])
    assert len(run.steps) == 40
    assert (run.requests["aori"] >= 0).all()
    assert len(run.requests) == run.episodes["requestsCompleted"].sum()
    with pytest.raises(metalore.ScenarioError) as caught:
        metalore.simulate({"ues": {"count": 0}, "area": {"widthM": -1}})
    assert len(caught.value.problems) == 2


def test_systems_answer_what_the_command_prints():
    solution = metalore.solve_urllc("m6")
    assert solution["status"] == "optimal" and solution["totalMs"] == pytest.approx(5.8027, abs=1e-3)
    assert metalore.solve_partition("city", method="snr")["objectiveMs"] > 0
    with pytest.raises(metalore.ScenarioError):
        metalore.solve_urllc({"seed": 1, "devices": -3})


def test_infeasible_problems_carry_their_certificate():
    with pytest.raises(metalore.InfeasibleError) as caught:
        metalore.solve_urllc("m6", changes={"ue[0].Tmax": 1e-9})
    assert caught.value.details


def test_policies_without_node(tmp_path):
    document = {
        "format": "metalore-policy",
        "version": 1,
        "name": "by hand",
        "features": ["request-queue-jobs", "update-queue-jobs"],
        "actions": {"names": ["rhoC", "rhoP"], "low": [0, 0], "high": [1, 1]},
        "model": {"kind": "linear-sigmoid", "weights": [[0.0] * 5, [1.0, 2.0, 0.0, 0.0, -0.5]]},
        "training": {},
    }
    file = tmp_path / "policy.json"
    file.write_text(json.dumps(document))
    policy = metalore.load_policy(tmp_path)
    action, _ = policy.predict([10.0, 3.0])
    np.testing.assert_allclose(action, [0.5, 1 / (1 + np.exp(-(1 + 0.2 - 0.5 * np.log(4))))], rtol=1e-12)
    assert policy.predict(np.zeros((7, 4)))[0].shape == (7, 4)
    with pytest.raises(metalore.InputError, match="observes 2"):
        policy.predict([1.0, 2.0, 3.0])
    with pytest.raises(metalore.InputError, match="no such file"):
        metalore.load_policy(tmp_path / "nothing.json")


def test_pictures_and_animations(tmp_path):
    pytest.importorskip("PIL")
    env = metalore.SubMetaverseEnv("multicell", render_mode="rgb_array")
    env.reset(seed=1)
    pictures = []
    for _ in range(5):
        env.step(np.full(env.action_space.shape, 0.4))
        pictures.append(env.render())
    assert pictures[0].dtype == np.uint8 and pictures[0].shape[2] == 3
    assert not np.array_equal(pictures[0], pictures[4])
    assert metalore.save_gif(tmp_path / "run.gif", pictures).stat().st_size > 1000
    env.close()
    with pytest.raises(metalore.InputError, match="render_mode"):
        metalore.SubMetaverseEnv(render_mode="ascii")


def test_tables_are_read_back(tmp_path):
    frame = pd.DataFrame({"x": [0.1, 1 / 3], "n": [1, 2]})
    frame.to_csv(tmp_path / "one.csv", index=False)
    read = metalore.read_run(tmp_path)["one"]
    assert (read["x"] == frame["x"]).all()
