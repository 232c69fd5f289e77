"""Every benchmark, one after the other so that none disturbs another, written down in benchmarks/RESULTS.md.

    python -m scripts.bench                  all of them
    python -m scripts.bench sync triage      some; the others' results stay as they are

Ends with status 1 where a goal was missed or a benchmark did not run.
"""

import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

ROOT: Final = Path(__file__).parents[1]
RESULTS: Final = ROOT / "benchmarks" / "RESULTS.md"
# With what each is run here, so that all of them can be run often; alone some of them try more.
BENCHMARKS: Final[dict[str, tuple[str, ...]]] = {
    "sync": (),
    "triage": (),
    "streams": (),
    "delivery": (),
    "memory": ("--requests", "10000"),
    "speed": (),
    "phone": ("--runs", "3"),
    "reports": (),
    "storage": (),
    "quality": (),
    "quiet": (),
    "trends": ("--patients", "100"),
}
PACKAGES: Final = ("litestar", "SQLAlchemy", "asyncpg", "uvicorn", "numpy", "numba")
# Lines of the servers' and PostgreSQL's own, which some of the benchmarks let through.
_NOISE: Final = re.compile(
    r"^(\{|INFO - |stdout:|stderr:|---$|waiting for server|server stopped|with subprocess kw|\('/)"
)


def main() -> None:
    wanted = sys.argv[1:] or list(BENCHMARKS)
    unknown = set(wanted) - set(BENCHMARKS)
    if unknown:
        sys.exit(f"There is no benchmark named {', '.join(sorted(unknown))}.")
    sections = dict(_written())
    missed = []
    for name in wanted:
        command = " ".join(("python", f"benchmarks/{name}.py", *BENCHMARKS[name]))
        print(f"\n== {command} ==", flush=True)
        began = time.monotonic()
        said, status = _run(name)
        if status:
            missed.append(name)
        head = (
            f"`{command}`, {time.monotonic() - began:.0f} s, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC,"
            f" commit {_commit()}, {f'ended with status {status}' if status else 'nothing missed'}"
        )
        sections[name] = f"{head}\n\n```\n{said.strip()}\n```"
        _write(sections)
    if missed:
        sys.exit(f"A goal was missed, or it did not run: {', '.join(missed)}.")


def _run(name: str) -> tuple[str, int]:
    """What it printed of results, and its status. What goes wrong is shown and not written down."""
    command = [sys.executable, str(ROOT / "benchmarks" / f"{name}.py"), *BENCHMARKS[name]]
    lines = []
    with TemporaryFile("w+") as aside:
        with subprocess.Popen(  # noqa: S603 (this Python and a benchmark named above)
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=aside, text=True
        ) as running:
            assert running.stdout is not None
            for line in running.stdout:
                if not _NOISE.match(line):
                    print(line, end="", flush=True)
                    lines.append(line.rstrip())
        aside.seek(0)
        print(*(line for line in aside if not _NOISE.match(line)), sep="", end="", file=sys.stderr)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)), running.returncode


def _written() -> Iterator[tuple[str, str]]:
    if RESULTS.exists():
        for part in RESULTS.read_text().split("\n## ")[1:]:
            name, _, text = part.partition("\n")
            yield name.strip(), text.strip()


def _write(sections: dict[str, str]) -> None:
    parts = [f"# Results\n\n{_machine()}"]
    parts += [f"## {name}\n\n{sections[name]}" for name in BENCHMARKS if name in sections]
    RESULTS.write_text("\n\n".join(parts) + "\n")


def _machine() -> str:
    processor = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        "Written by `make bench`. Figures that are compared were measured side by side in one run; times by"
        " themselves say as much about the machine.\n\n"
        f"{processor[1] if processor else platform.processor()}, {os.cpu_count()} processors, {memory:.0f} GB;"
        f" {platform.system()} {platform.release()}; Python {platform.python_version()}, PostgreSQL 18 (embedded);"
        f" {versions}."
    )


def _commit() -> str:
    said = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return said.stdout.strip() or "unknown"


if __name__ == "__main__":
    main()
