"""The page docs/python-protocol.md, followed by a program that shares nothing with the package but the built child."""

from __future__ import annotations

import json
import struct
import subprocess

import numpy as np
import pytest

from metalore._node import find_node, script


class Peer:
    def __init__(self, **request):
        self.process = subprocess.Popen([find_node(), script("env-server")], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.send(0, json.dumps(request).encode())
        self.opening = json.loads(self.process.stdout.readline())

    def send(self, op, payload=b"", length=None):
        self.process.stdin.write(struct.pack("<II", op, len(payload) if length is None else length) + payload)
        self.process.stdin.flush()

    def receive(self):
        status, length = struct.unpack("<II", self.process.stdout.read(8))
        return status, self.process.stdout.read(length)

    def call(self, op, payload=b""):
        self.send(op, payload)
        return self.receive()

    def array(self, payload, name):
        part = next(part for part in self.opening["layout"] if part["name"] == name)
        dtype = {"float64": "<f8", "uint8": "u1"}[part["type"]]
        return np.frombuffer(payload, dtype, int(np.prod(part["shape"])), part["offset"]).reshape(part["shape"])

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        assert self.process.wait(timeout=10) == 0


@pytest.fixture
def peer():
    one = Peer(scenario="multicell", numEnvs=3)
    yield one
    one.close()


def reset(peer, seeds):
    return peer.call(2, np.array(seeds, "<f8").tobytes() + b"\1" * len(seeds))


def test_opening_line_reset_and_step(peer):
    assert peer.opening["protocol"] == 1
    cells = peer.opening["cells"]
    status, state = reset(peer, [1, 2, 3])
    assert status == 0
    assert peer.array(state, "observations").shape == (3, 2 * cells)
    status, state = peer.call(1, np.full((3, 2 * cells), 0.3).tobytes())
    assert status == 0
    steps = peer.array(state, "info")[:, peer.opening["infoNames"].index("step")]
    assert steps.tolist() == [1, 1, 1]


def test_snapshot_and_restore_repeat_what_followed(peer):
    reset(peer, [1, 2, 3])
    actions = np.full((3, 2 * peer.opening["cells"]), 0.4).tobytes()
    for _ in range(20):
        peer.call(1, actions)
    _, snapshot = peer.call(3)
    expected = [peer.call(1, actions) for _ in range(90)]
    status, _ = peer.call(4, snapshot)
    assert status == 0
    for payload in expected:
        got = peer.call(1, actions)
        for name in ("observations", "rewards", "truncated", "info"):
            np.testing.assert_array_equal(peer.array(got[1], name), peer.array(payload[1], name))


def test_mistakes_are_frames_and_the_environments_stay_usable(peer):
    size = 3 * 2 * peer.opening["cells"] * 8
    reset(peer, [1, 2, 3])
    for op, payload, code in (
        (1, np.full(size // 8, np.nan).tobytes(), 2),
        (1, b"\0" * 8, 1),
        (2, np.array([1, -2, 3], "<f8").tobytes() + b"\1\1\1", 2),
        (2, np.array([1, 1.5, 3], "<f8").tobytes() + b"\1\1\1", 2),
        (6, struct.pack("<I", 99), 2),
        (77, b"", 1),
        (4, b"{}", 2),
    ):
        status, answer = peer.call(op, payload)
        assert status == code, (op, answer)
        assert json.loads(answer)["message"]
    assert peer.call(1, np.full(size // 8, 0.5).tobytes())[0] == 0


def test_an_opening_that_is_wrong_names_every_problem_and_ends():
    for request, expected in (
        ({"scenario": {"ues": {"count": -1}, "sensors": {"cout": 1}}}, {"ues.count", "sensors.cout"}),
        ({"numEnvs": 0}, {"numEnvs"}),
        ({"scenarios": "paper"}, {"scenarios"}),
    ):
        peer = Peer(**request)
        assert {problem["path"] for problem in peer.opening["error"]["problems"]} == expected
        peer.close()
