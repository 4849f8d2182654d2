"""Ctrl-C between two exchanges with the child, and never inside one."""

from __future__ import annotations

# The functions below `signal`'s wrappers, which turn every handler into an enum and back: a fifth of a step.
import _signal
import threading
from types import FrameType, TracebackType


class Uninterrupted:
    """Holds SIGINT back while requests and answers are on their way, and hands it on afterwards: half an answer read
    would leave the pipe out of step. A second Ctrl-C does not wait. Only the main thread is ever interrupted."""

    __slots__ = ("_caught", "_previous")

    def __enter__(self) -> None:
        self._caught: tuple[int, FrameType | None] | None = None
        self._previous = None
        if threading.get_ident() == threading.main_thread().ident:
            self._previous = _signal.signal(_signal.SIGINT, self._hold)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._previous is None:
            return
        _signal.signal(_signal.SIGINT, self._previous)
        if self._caught is not None and callable(self._previous):
            self._previous(*self._caught)

    def _hold(self, number: int, frame: FrameType | None) -> None:
        if self._caught is not None:
            raise KeyboardInterrupt
        self._caught = (number, frame)
