"""The steps of the Dockerfile without an engine: each stage in a folder of its own, its lines one after the other."""

import os
import re
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatch
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from tests.shipping import UV, run

NOT_OF_THE_BASE: Final = {"VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "PYTHONPATH", "NODE_ENV"}


class Step(NamedTuple):
    word: str
    arguments: str


@dataclass
class Stage:
    root: Path
    steps: list[Step]
    folder: str = "/"
    environment: dict[str, str] = field(default_factory=dict)

    def path(self, place: str) -> Path:
        """Where that stands which the stage has at this place."""
        return self.root / str(Path(self.folder) / place).removeprefix("/")


def ignored(name: str, patterns: Iterable[str]) -> bool:
    """As .dockerignore has it: the last pattern that fits the file or a folder above it decides."""
    above = [name, *(str(one) for one in Path(name).parents)][:-1]
    is_out = False
    for pattern in patterns:
        wanted = pattern.removeprefix("!")
        if any(_fits(one, wanted) for one in above):
            is_out = not pattern.startswith("!")
    return is_out


def _fits(name: str, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatch(Path(name).name, pattern[3:])
    return name.count("/") == pattern.count("/") and fnmatch(name, pattern)


class Image:
    """`build` takes a stage's COPY, ENV, WORKDIR and RUN; its base is what stands on this machine."""

    def __init__(self, context: Path, folder: Path) -> None:
        text = (context / "Dockerfile").read_text(encoding="utf-8")
        lines = re.sub(r"^#.*\n|\\\n", "", text, flags=re.MULTILINE).splitlines()
        steps = [Step(*line.split(maxsplit=1)) for line in lines if line.strip()]
        starts = [index for index, step in enumerate(steps) if step.word == "FROM"]
        self._context = context
        self._ignore = (context / ".dockerignore").read_text(encoding="utf-8").splitlines()
        self.last = steps[starts[-1] :]
        self.stages: dict[str, Stage] = {}
        for start, end in pairwise(starts):
            name = steps[start].arguments.rpartition(" AS ")[2]
            self.stages[name] = Stage(folder / name, steps[start + 1 : end])

    def build(self, name: str) -> None:
        stage = self.stages[name]
        tools = stage.root / "usr-bin"
        run(UV, "venv", "--quiet", "--seed", "--python", sys.executable, tools)
        # How this machine reaches the registries is its own, and its Node is the base's; its environments stay outside.
        machine = {name: told for name, told in os.environ.items() if name not in NOT_OF_THE_BASE}
        machine["PATH"] = f"{tools / 'bin'}{os.pathsep}{os.environ['PATH']}"
        for step in stage.steps:
            match step.word:
                case "WORKDIR":
                    stage.folder = step.arguments
                    stage.path("").mkdir(parents=True, exist_ok=True)
                case "ENV":
                    stage.environment |= dict(
                        one.split("=", maxsplit=1) for one in step.arguments.split()
                    )
                case "COPY":
                    self._copy(stage, step.arguments)
                case "RUN":
                    environment = machine | stage.environment
                    run("sh", "-c", step.arguments, cwd=stage.path(""), env=environment)
                case _:
                    raise AssertionError(f"{step.word} is not known here")

    def _copy(self, stage: Stage, arguments: str) -> None:
        *sources, target = arguments.split()
        origin = None
        if sources[0].startswith("--from="):
            origin = self.stages[sources.pop(0).removeprefix("--from=")]
        into = stage.path(target)
        for source in sources:
            at = origin.path(source) if origin else self._context / source
            if at.is_dir():
                shutil.copytree(at, into, dirs_exist_ok=True, ignore=None if origin else self._out)
            else:
                assert origin or not ignored(source, self._ignore), source
                target_file = into / at.name if target.endswith("/") else into
                target_file.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(at, target_file)

    def _out(self, folder: str, names: list[str]) -> list[str]:
        beside = Path(folder).relative_to(self._context)
        return [one for one in names if ignored(str(beside / one), self._ignore)]
