"""Runs the `metalore` command that the package holds."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ._node import find_node, script
from .errors import InfeasibleError, MetaloreError, NodeError, ScenarioError, from_answer


def run_json(arguments: Sequence[str]) -> dict[str, Any]:
    """The object that a command prints with ``--json``.

    :raises ScenarioError: the caller's mistake, with all problems
    :raises InfeasibleError: a problem without a solution
    """
    done = subprocess.run(
        [find_node(), script("metalore"), *arguments, "--json"],
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    try:
        answer: dict[str, Any] = json.loads(done.stdout) if done.stdout.strip() else {}
    except json.JSONDecodeError as cause:
        raise MetaloreError(f"unexpected output: {done.stdout[-500:]!r}") from cause
    if done.returncode == 0:
        return answer
    if done.returncode == 3:
        details = answer.get("infeasible", answer)
        raise InfeasibleError(str(details.get("message", done.stderr.strip())), details)
    if "error" in answer:
        raise from_answer(answer["error"], ScenarioError)
    if done.returncode == 2:
        raise ScenarioError(done.stderr.strip())
    raise NodeError(f"metalore {' '.join(arguments)} ended with exit code {done.returncode}:\n{done.stderr[-2000:]}")


class InputFile:
    """A name or a file as it is; a dictionary as a temporary file, for as long as the context lasts."""

    def __init__(self, value: Any) -> None:
        self._value = value
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> str:
        if not isinstance(self._value, Mapping):
            return str(self._value)
        self._folder = tempfile.TemporaryDirectory(prefix="metalore-")
        file = Path(self._folder.name) / "input.json"
        file.write_text(json.dumps(self._value, allow_nan=False), encoding="utf-8")
        return str(file)

    def __exit__(self, *_: object) -> None:
        if self._folder is not None:
            self._folder.cleanup()


def assignments(changes: Mapping[str, Any] | None) -> list[str]:
    """``--set`` for every change by dotted path."""
    return [part for path, value in (changes or {}).items() for part in ("--set", f"{path}={json.dumps(value)}")]
