"""Puts the built front end and the migrations into a wheel; an editable install finds them beside it."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WheelContents(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        front_end = Path(self.root) / "frontend" / "dist"
        if not (front_end / "index.html").is_file():
            raise FileNotFoundError(
                "The front end is not built; run `make setup` before `uv build`."
            )
        build_data["force_include"] |= {
            str(front_end): "glidepath/frontend",
            str(Path(self.root) / "migrations"): "glidepath/migrations",
        }
