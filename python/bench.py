"""Speed from Python, beside the same core without Python: python bench.py. Prints steps per second and ratios of one run."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

import metalore
from metalore._node import find_node, script


def rate(step, envs: int, seconds: float = 2.0) -> float:
    """Environment steps per second."""
    for _ in range(50):
        step()
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        step()
        count += envs
    return count / (time.perf_counter() - start)


def single() -> float:
    env = metalore.SubMetaverseEnv()
    env.reset(seed=1)
    action = np.array([0.3, 0.3])

    def step() -> None:
        if env.step(action)[3]:
            env.reset()

    result = rate(step, 1)
    env.close()
    return result


def vector(num_envs: int, workers: int) -> float:
    envs = metalore.SubMetaverseVectorEnv(num_envs=num_envs, workers=workers)
    envs.reset(seed=1)
    actions = np.full((num_envs, 2), 0.3)
    result = rate(lambda: envs.step(actions), num_envs)
    envs.close()
    return result


def raw(num_envs: int) -> float:
    """Frames alone: no observation copied, no information named."""
    envs = metalore.SubMetaverseVectorEnv(num_envs=num_envs, workers=1)
    envs.reset(seed=1)
    actions = np.full((num_envs, 2), 0.3)
    batch = envs._batch
    result = rate(lambda: batch.step(actions), num_envs)
    envs.close()
    return result


def without_python(num_envs: int) -> float:
    """The same batch stepped by Node itself, in a checkout: what pipes and Python can at most reach."""
    program = Path(__file__).parent.parent / "packages" / "lab" / "dist" / "env-server" / "open.js"
    code = f"""
const {{ openBatch }} = await import({json.dumps(program.as_uri())});
const {{ batch }} = openBatch({{ numEnvs: {num_envs} }});
const actions = new Float64Array({num_envs} * 2).fill(0.3);
for (let step = 0; step < 300; step++) batch.step(actions);
const start = performance.now();
let steps = 0;
while (performance.now() - start < 2000) {{ batch.step(actions); steps += {num_envs}; }}
console.log((steps / (performance.now() - start)) * 1000);
"""
    done = subprocess.run([find_node(), "--input-type=module", "-e", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def first_step() -> tuple[float, float]:
    """Seconds to import, and to a first step, in a fresh process."""
    code = (
        "import time; t = time.perf_counter(); import metalore, gymnasium as gym; i = time.perf_counter() - t;"
        "t = time.perf_counter(); e = gym.make('metalore/SubMetaverse-v0'); e.reset(seed=1); e.step(e.action_space.sample());"
        "print(i, time.perf_counter() - t)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported, stepped = map(float, done.stdout.split())
    return imported, stepped


def main() -> None:
    cores = os.cpu_count() or 1
    node = subprocess.run([find_node(), "--version"], capture_output=True, text=True).stdout.strip()
    print(
        f"{platform.machine()}, {cores} cores, Python {platform.python_version()}, Node {node}; load {os.getloadavg()[0]:.1f}"
    )
    imported, stepped = first_step()
    print(f"import {imported:.2f} s, first step {stepped:.2f} s")
    rows = {
        "Node alone, 64": without_python(64),
        "gymnasium.Env": single(),
        "raw frames, 64": raw(64),
        "vector, 64, 1 worker": vector(64, 1),
        "vector, 64, 2 workers": vector(64, 2),
        "vector, 256, 1 worker": vector(256, 1),
        "vector, 256, 2 workers": vector(256, 2),
    }
    base = rows["Node alone, 64"]
    for name, value in rows.items():
        print(f"{name:24} {value:10,.0f} steps/s   {value / base:5.2f}")
    if "--json" in sys.argv:
        print(json.dumps(rows))


if __name__ == "__main__":
    script("env-server")
    main()
