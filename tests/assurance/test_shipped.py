"""What is shipped starts: the wheel where there is no Node and nobody set anything up, and what the image's steps make."""

import json
import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from secrets import token_hex
from typing import Any
from urllib.request import urlopen

import pytest

from glidepath.database.embedded import APP, DATABASE, OWNER, EmbeddedPostgres
from tests.images import Image
from tests.shipping import ROOT, UV, bare, build_wheel, run, started
from tests.unit.test_deployment import SERVICES, settings_of

# Of the detector. To compile it takes 15 on an idle machine.
SECONDS_TO_LOAD = 6
# The watchdog waits for 15 before its first round.
SECONDS_TO_ARRIVE = 90
# As Compose confines it: no right is had or gained, but that to reach the socket of the tests' own database. Whoever is
# not root has none of these anyway.
SETPRIV = shutil.which("setpriv") if os.getuid() == 0 else None
CONFINED = (
    (SETPRIV, "--bounding-set", "-all,+dac_read_search", "--inh-caps", "-all", "--no-new-privs")
    if SETPRIV
    else ()
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that the database's own user and the image's can reach; pytest closes its own to all but the caller."""
    with tempfile.TemporaryDirectory(prefix="gp-", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        yield Path(made)


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return str(taken.getsockname()[1])


def test_the_wheel_alone_runs_in_a_clean_environment(folder: Path):
    """As docs/deployment.md has it; what it needs is what it says of itself, at the locked versions."""
    port = free_port()
    locked = folder / "locked.txt"
    locked.write_text(
        run(UV, "export", "--frozen", "--no-dev", "--no-emit-project", "--no-hashes", cwd=ROOT)
    )
    run(UV, "venv", "--python", sys.executable, folder / "venv")
    python = folder / "venv" / "bin" / "python"
    wheel = build_wheel(folder / "wheel")
    run(UV, "pip", "install", "--python", python, "--constraint", locked, wheel)
    environment = bare(
        PATH=str(python.parent), GLIDEPATH_PORT=port, GLIDEPATH_DATA_DIR=str(folder / "data")
    )
    found = run(python, "-P", "-c", "import glidepath as g; print(g.__file__)", env=environment)
    assert Path(found).is_relative_to(folder)
    assert shutil.which("node", path=environment["PATH"]) is None
    address = f"http://127.0.0.1:{port}"
    command: list[str | Path] = [python.with_name("glidepath"), "run", "--no-demo"]
    with started(command, environment, address):
        page = run("curl", "--silent", "--fail", address)
        assert "<title>Glidepath" in page


@pytest.fixture
def image(folder: Path) -> Iterator[Image]:
    made = Image(ROOT, folder / "image")
    made.build("front-end")
    made.build("packages")
    yield made
    run("chmod", "-R", "u+w", made.stages["packages"].root)


def test_what_the_steps_of_the_image_make_works_as_compose_starts_it(image: Image, folder: Path):
    """Without an engine: the same lines in folders of their own, then each service where nothing can be written,
    until the watchdog's entry has gone the whole way: stored, judged, an alert, told."""
    # Its commands name their place, so it has to be the same in the image.
    assert [one.arguments for one in image.last if one.word == "COPY"] == [
        "--from=packages /glidepath/.venv /glidepath/.venv"
    ]
    root = image.stages["packages"].root
    run("chmod", "-R", "a-w", root)
    commands = root / "glidepath/.venv/bin"
    port = free_port()
    address = f"http://127.0.0.1:{port}"

    def command(first: str, *others: str) -> list[str | Path]:
        return [*CONFINED, commands / first, *others]

    def environment(service: str) -> dict[str, str]:
        told = settings_of(service)
        return bare(PATH=str(commands), HOME="/proc/nowhere", PYTHONUNBUFFERED="1") | {
            name: here.get(name, value) for name, value in told.items()
        }

    with EmbeddedPostgres(folder / "database") as postgres, ExitStack() as running:
        here = {
            # Where it is for others, keys have to be of chance.
            **{f"GLIDEPATH_{name}": token_hex(32) for name in ("AUDIT_KEY", "FIELD_KEYS")},
            "GLIDEPATH_OWNER_DATABASE_URL": postgres.url(OWNER, DATABASE),
            "GLIDEPATH_DATABASE_URL": postgres.url(APP, DATABASE),
            "GLIDEPATH_ERASURE_LIST": str(folder / "erasures.jsonl"),
            "GLIDEPATH_AUDIT_ANCHOR": str(folder / "anchors.jsonl"),
            "GLIDEPATH_WATCHDOG_URL": address,
        }
        ports = {"GLIDEPATH_PORT": port, "GLIDEPATH_WATCHDOG_PORT": free_port()}
        run(*command("glidepath", *SERVICES["migrate"]["command"]), env=environment("migrate"))
        for service in ("app", "worker", "watchdog"):
            start = command("glidepath", *SERVICES[service]["command"])
            running.enter_context(started(start, environment(service) | ports, address))
            if service == "app":
                asking = [
                    word.replace(":8000", f":{port}")
                    for word in SERVICES["app"]["healthcheck"]["test"][1:]
                ]
                run(*command(*asking), env=environment("app"))
        deadline = time.monotonic() + SECONDS_TO_ARRIVE
        while (standing := detail(address)["standing"])["watchdog"] != "well":
            assert standing["watchdog"] == "starting", standing
            assert time.monotonic() < deadline, standing
            time.sleep(0.5)
        # As it was compiled when the image was made.
        began = time.monotonic()
        warm_up = "from glidepath.trends import warm_up; warm_up()"
        run(*command("python", "-c", warm_up), env=environment("app"))
        assert time.monotonic() - began < SECONDS_TO_LOAD


def detail(address: str) -> Any:
    with urlopen(f"{address}/readyz", timeout=5) as answer:
        return json.load(answer)
