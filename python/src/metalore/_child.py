"""One Node process that holds environments, and the frames to and from it (docs/python-protocol.md)."""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Mapping
from enum import IntEnum
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from ._interrupt import Uninterrupted
from ._node import find_node, script
from .errors import NodeError, ScenarioError, from_answer

PROTOCOL = 1
_HEADER = struct.Struct("<II")
_OK = 0


class Op(IntEnum):
    """Requests by number."""

    OPEN = 0
    STEP = 1
    RESET = 2
    SNAPSHOT = 3
    RESTORE = 4
    CLOSE = 5
    VIEW = 6


class Child:
    """A batch of environments in a process of its own.

    :param request: the opening request: ``scenario``, ``set``, ``numEnvs``, ``autoreset``
    :raises ScenarioError: with every problem of the scenario
    :raises NodeError: Node is missing or died
    """

    def __init__(self, request: Mapping[str, Any]) -> None:
        self._pid = os.getpid()
        self._user: int | None = None
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # closed with the process
        # A session of its own: Ctrl-C reaches Python, which decides. The child ends when its input does.
        self._process = subprocess.Popen(
            [find_node(), script("env-server")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            bufsize=0,
            start_new_session=os.name != "nt",
        )
        self._finalizer = weakref.finalize(self, _end, self._process, self._stderr, self._pid)
        self._header = bytearray(_HEADER.size)
        try:
            self._send(Op.OPEN, json.dumps(request).encode())
            answer = json.loads(self._read_line())
        except BaseException:
            self.close()
            raise
        if "error" in answer:
            self.close()
            raise from_answer(answer["error"], ScenarioError)
        if answer["protocol"] != PROTOCOL:
            self.close()
            raise NodeError(f"the built JavaScript speaks protocol {answer['protocol']}, not {PROTOCOL}: reinstall")
        self.answer: dict[str, Any] = answer
        last = answer["layout"][-1]
        self._state = np.zeros(last["offset"] + 8 * int(np.prod(last["shape"])), np.uint8)
        self.arrays = {part["name"]: _view(self._state, part) for part in answer["layout"]}

    def send(self, op: Op, payload: Any = b"") -> None:
        """Asks for something without waiting; :meth:`receive` has the answer. Both belong inside ``Uninterrupted``."""
        self._enter()
        try:
            self._send(op, payload)
        except KeyboardInterrupt:
            self.close()  # half a request is on its way
            raise

    def receive(self) -> memoryview:
        """The answer to the last :meth:`send`. A step's and a reset's also stand in :attr:`arrays`.

        :raises InputError: the caller's mistake; the environments are as they were
        :raises NodeError: the child has died
        """
        try:
            return self._receive()
        except KeyboardInterrupt:
            self.close()  # half an answer has been read
            raise
        finally:
            self._user = None

    def call(self, op: Op, payload: Any = b"") -> memoryview:
        with Uninterrupted():
            self.send(op, payload)
            return self.receive()

    def close(self) -> None:
        """Ends the process. Safe to call twice, and in a fork of the process that made it."""
        self._finalizer()

    @property
    def closed(self) -> bool:
        return not self._finalizer.alive

    def _enter(self) -> None:
        if os.getpid() != self._pid:
            raise NodeError(
                "this environment was made before a fork and belongs to the parent process: "
                "make environments in the process that uses them (pass a function, not an environment)"
            )
        if not self._finalizer.alive:
            raise NodeError("this environment is closed")
        # Not a lock: the same thread may always go on.
        if self._user not in (None, threading.get_ident()):
            raise NodeError("this environment is being used by another thread: one environment, one thread at a time")
        self._user = threading.get_ident()

    def _send(self, op: Op, payload: Any) -> None:
        data = memoryview(payload).cast("B")
        header = _HEADER.pack(op, len(data))
        # One write where that is cheap: the child then wakes up once.
        parts = [memoryview(header + data.tobytes())] if len(data) < 65536 else [memoryview(header), data]
        stream = self._process.stdin
        assert stream is not None
        try:
            for part in parts:
                while len(part):
                    part = part[stream.write(part) :]
        except (OSError, ValueError) as cause:
            raise self._died() from cause

    def _receive(self) -> memoryview:
        self._fill(memoryview(self._header))
        status, length = _HEADER.unpack(self._header)
        is_state = status == _OK and length == self._state.nbytes
        target = self._state.data if is_state else memoryview(bytearray(length))
        self._fill(target)
        if status != _OK:
            raise from_answer(json.loads(bytes(target)))
        return target

    def _fill(self, target: memoryview) -> None:
        stream = self._process.stdout
        assert stream is not None
        while len(target):
            count = stream.readinto(target)  # type: ignore[attr-defined]
            if not count:
                raise self._died()
            target = target[count:]

    def _read_line(self) -> bytes:
        stream = self._process.stdout
        assert stream is not None
        parts: list[bytes] = []
        while not parts or not parts[-1].endswith(b"\n"):
            part = stream.read(65536)
            if not part:
                raise self._died()
            parts.append(part)
        return b"".join(parts)

    def _died(self) -> NodeError:
        try:
            code: int | None = self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            code = None
        self._stderr.seek(0)
        tail = self._stderr.read()[-2000:].decode(errors="replace").strip()
        self.close()
        if code is not None and code < 0:
            how = f"was killed by {signal.Signals(-code).name}"
            advice = "If it was the system's doing, memory may have run out: fewer environments per worker."
        else:
            how = f"ended with exit code {code}"
            advice = "Please report this with the scenario."
        lines = f" Its last lines:\n{tail}\n" if tail else " "
        return NodeError(f"the Node process that holds the environments {how}.{lines}{advice}")


def _view(state: npt.NDArray[np.uint8], part: Mapping[str, Any]) -> npt.NDArray[Any]:
    dtype = np.dtype("<f8") if part["type"] == "float64" else np.dtype("u1")
    size = int(np.prod(part["shape"]))
    start = part["offset"]
    return state[start : start + size * dtype.itemsize].view(dtype).reshape(part["shape"])


def _end(process: subprocess.Popen[bytes], stderr: IO[bytes], owner: int) -> None:
    """Also runs when the environment is collected and at exit; in a fork it only drops its copies of the pipes."""
    for stream in (process.stdin, process.stdout, stderr):
        if stream is not None:
            try:
                stream.close()
            except OSError:
                pass
    if os.getpid() != owner or sys.is_finalizing():
        return
    try:
        process.wait(timeout=2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
