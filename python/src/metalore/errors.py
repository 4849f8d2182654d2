"""What can go wrong, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Problem(NamedTuple):
    """One thing wrong with an input."""

    path: str
    """Where: a dotted path such as ``cells[0].bandwidthHz``."""
    message: str
    """What came and what is accepted."""


class MetaloreError(Exception):
    """Base class of every error of this package."""


class InputError(MetaloreError, ValueError):
    """The caller's mistake. The environment stays as it was and usable."""

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = list(problems)


class ScenarioError(InputError):
    """A scenario or instance with problems: all of them at once, with their paths, in ``problems``."""


class InfeasibleError(MetaloreError):
    """A well-formed problem without a solution; ``details`` holds the certificate."""

    def __init__(self, message: str, details: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.details = dict(details)


class NodeError(MetaloreError, RuntimeError):
    """Node is missing, too old, or the process that holds the environments has died."""


class EpisodeEndedError(InputError):
    """A step past the end of an episode: call ``reset`` first."""


def from_answer(answer: Mapping[str, Any], error_class: type[InputError] = InputError) -> MetaloreError:
    """The exception for an error that the child answered."""
    message = str(answer.get("message", "unknown error"))
    hint = answer.get("hint")
    if hint:
        message += f"\nhint: {hint}"
    problems = [Problem(p["path"], p["message"]) for p in answer.get("problems", [])]
    if answer.get("exitCode") == 2 or answer.get("code") in ("invalid-input", "unknown-name", "usage"):
        if any("episode has ended" in p.message for p in problems):
            return EpisodeEndedError(message, problems)
        return error_class(message, problems)
    return MetaloreError(f"{message}\nThis is a mistake of MetaLore's, please report it.")
