"""In a checkout, builds the JavaScript that the wheel holds; an sdist brings it along."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildJavaScript(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        script = Path(self.root).parent / "scripts" / "build-python.mjs"
        if not script.exists():
            return
        node = shutil.which("node")
        if node is None:
            raise RuntimeError(
                "building from a checkout needs Node 20 or newer and npm on the PATH "
                "(the built package brings a Node of its own)"
            )
        subprocess.run([node, str(script)], check=True, cwd=script.parent.parent)
