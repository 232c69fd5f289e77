"""Building and starting what is shipped, as those do who only have that."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

ROOT: Final = Path(__file__).parents[1]
UV: Final = Path(sys.executable).with_name("uv")
SECONDS_TO_START: Final = 120


def build_wheel(out: Path, root: Path = ROOT) -> Path:
    """Into `out`, without asking a network: what builds it was fetched when this was set up."""
    run(UV, "build", "--offline", "--wheel", "--out-dir", out, root)
    (wheel,) = out.glob("*.whl")
    return wheel


def run(*command: str | Path, **options: str | Path | Mapping[str, str]) -> str:
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        **options,  # type: ignore[call-overload]
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return str(done.stdout)


def bare(**more: str) -> dict[str, str]:
    """The environment of a machine on which nobody has set anything up, Node least of all."""
    kept = {name: os.environ[name] for name in ("HOME", "XDG_RUNTIME_DIR") if name in os.environ}
    return kept | {"LANG": "C.UTF-8"} | more


@contextmanager
def started(
    command: list[str | Path],
    environment: Mapping[str, str],
    address: str,
) -> Iterator[None]:
    """Once it is ready, and gone again afterwards."""
    with subprocess.Popen(
        command,
        env=dict(environment),
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            deadline = time.monotonic() + SECONDS_TO_START
            while not _is_ready(address):
                assert process.poll() is None, process.communicate()[0]
                assert time.monotonic() < deadline, "not ready in time"
                time.sleep(0.2)
            yield
        finally:
            process.terminate()
            said, _ = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert "Traceback" not in said


def _is_ready(address: str) -> bool:
    try:
        with urlopen(f"{address}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
