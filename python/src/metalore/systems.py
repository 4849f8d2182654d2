"""The other systems: a dictionary or a file in, what the command's ``--json`` prints out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ._command import InputFile, assignments, run_json

Instance = str | os.PathLike[str] | Mapping[str, Any]


def solve_partition(instance: Instance, *, method: str = "guarded", changes: Mapping[str, Any] | None = None) -> Any:
    """Cuts a zone into sub-metaverses (paper 001). :param method: ``snr``, ``guarded``, ``optimal``"""
    return _run("partition", instance, ["--method", method], changes)


def solve_urllc(instance: Instance, *, method: str = "optimal", changes: Mapping[str, Any] | None = None) -> Any:
    """Low-latency edge allocation with a certificate (paper 003). :param method: ``optimal``, ``ao``, ``ao-strict``

    :raises InfeasibleError: no allocation keeps all limits
    """
    return _run("urllc", instance, ["--method", method], changes)


def caching(instance: Instance, *, policy: str | None = None, changes: Mapping[str, Any] | None = None) -> Any:
    """Foundation models at the edge (paper 002, third of its four): costs by policy."""
    return _run("caching", instance, [] if policy is None else ["--policy", policy], changes)


def _run(command: str, instance: Instance, options: list[str], changes: Mapping[str, Any] | None) -> Any:
    with InputFile(instance) as name:
        return run_json([command, name, *options, *assignments(changes)])
