"""The process behind: no leaks, no hanging, errors that say what to do."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import metalore
from metalore import _node


def children_of_this_process() -> int:
    done = subprocess.run(["ps", "-o", "pid=", "--ppid", str(os.getpid())], capture_output=True, text=True)
    return len(done.stdout.split()) - 1  # ps itself


def test_many_environments_leave_no_process_and_no_descriptor():
    metalore.SubMetaverseEnv().close()
    gc.collect()
    descriptors, processes = len(os.listdir("/proc/self/fd")), children_of_this_process()
    for number in range(int(os.environ.get("METALORE_ENVIRONMENTS", "40"))):
        env = metalore.SubMetaverseEnv()
        env.reset(seed=number)
        if number % 2 == 0:
            env.close()
        del env
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) == descriptors
    assert children_of_this_process() == processes


def test_a_killed_child_is_an_error_that_names_the_signal():
    env = metalore.SubMetaverseEnv()
    env.reset(seed=1)
    os.kill(env._batch.children[0]._process.pid, signal.SIGKILL)
    with pytest.raises(metalore.NodeError, match="SIGKILL"):
        for _ in range(3):
            env.step([0.3, 0.3])
    with pytest.raises(metalore.NodeError, match="closed"):
        env.step([0.3, 0.3])


def test_the_child_ends_when_the_parent_is_killed():
    code = (
        "import metalore, time; e = metalore.SubMetaverseEnv(); e.reset(seed=1);"
        "print(e._batch.children[0]._process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(100):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.kill(child, signal.SIGKILL)
    pytest.fail("the child outlived its parent")


def test_an_interrupt_in_the_middle_of_steps_leaves_it_usable():
    envs = metalore.SubMetaverseVectorEnv(num_envs=16)
    envs.reset(seed=1)
    actions = np.full((16, 2), 0.3)
    interrupted = 0
    for delay in np.linspace(0.002, 0.02, 12):
        timer = threading.Timer(delay, lambda: os.kill(os.getpid(), signal.SIGINT))
        try:
            timer.start()
            while True:
                envs.step(actions)
        except KeyboardInterrupt:
            interrupted += 1
        timer.join()
    assert interrupted == 12
    observation, _ = envs.reset(seed=1)
    other = metalore.SubMetaverseVectorEnv(num_envs=16)
    np.testing.assert_array_equal(observation, other.reset(seed=1)[0])
    np.testing.assert_array_equal(envs.step(actions)[0], other.step(actions)[0])
    envs.close()
    other.close()


def use(env, answers):
    try:
        env.step([0.3, 0.3])
        answers.put("stepped")
    except metalore.NodeError as error:
        answers.put(str(error))


def test_a_fork_cannot_use_its_parents_environment():
    env = metalore.SubMetaverseEnv()
    env.reset(seed=1)
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    process = context.Process(target=use, args=(env, answers))
    process.start()
    assert "made before a fork" in answers.get(timeout=20)
    process.join()
    env.step([0.3, 0.3])
    env.close()


def test_a_spawned_process_gets_a_copy():
    env = metalore.SubMetaverseEnv()
    env.reset(seed=1)
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=use, args=(env, answers))
    process.start()
    assert answers.get(timeout=30) == "stepped"
    process.join()
    env.close()


def test_node_is_looked_for_and_its_age_told(monkeypatch, tmp_path):
    _node.find_node.cache_clear()
    old = tmp_path / "node"
    old.write_text("#!/bin/sh\necho v18.1.0\n")
    old.chmod(0o755)
    monkeypatch.setenv("METALORE_NODE", str(old))
    with pytest.raises(metalore.NodeError, match="Node 18; 20 or newer"):
        metalore.SubMetaverseEnv()
    monkeypatch.setenv("METALORE_NODE", str(tmp_path / "nothing"))
    with pytest.raises(metalore.NodeError, match="cannot be run"):
        metalore.SubMetaverseEnv()
    monkeypatch.undo()
    _node.find_node.cache_clear()
    metalore.SubMetaverseEnv().close()


def test_a_package_that_was_not_built_says_so(monkeypatch):
    _node.script.cache_clear()
    monkeypatch.setattr(_node, "__file__", "/nowhere/_node.py")
    with pytest.raises(metalore.NodeError, match="not built"):
        metalore.SubMetaverseEnv()
    _node.script.cache_clear()
