"""The wheel and the source distribution hold all that an installed package needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
TRIAL = """
import gymnasium as gym, metalore, numpy as np
assert {folder!r} in metalore.__file__, metalore.__file__
envs = gym.make_vec("metalore/SubMetaverse-v0", num_envs=4, scenario="dense", workers=2)
envs.reset(seed=1)
envs.step(np.full((4, 2), 0.3))
envs.close()
assert metalore.simulate("paper", episodes=400, workers=2).episodes.shape[0] == 400
assert metalore.solve_urllc("m6")["status"] == "optimal"
"""


def install(what: Path, into: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--target", str(into), str(what)],
        check=True,
    )


@pytest.fixture(scope="module")
def distributions(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", str(folder)], cwd=PROJECT, check=True)
    return folder


@pytest.mark.parametrize("kind", ["*.whl", "*.tar.gz"])
def test_an_installed_distribution_works_away_from_the_checkout(kind, distributions, tmp_path):
    (file,) = distributions.glob(kind)
    assert file.stat().st_size < 3_000_000
    install(file, tmp_path / "site")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    code = TRIAL.format(folder=str(tmp_path))
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "site" / "metalore" / "py.typed").exists()
