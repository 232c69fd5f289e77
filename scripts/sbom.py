"""Bills of materials (CycloneDX 1.5), from the locks alone: what ships, and all that builds and tests it as well.

`make sbom` writes them to build/sbom. No network is asked.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import click

ROOT: Final = Path(__file__).resolve().parents[1]
OUT: Final = ROOT / "build" / "sbom"
DEVELOPMENT: Final = "cdx:npm:package:development"

Bill = dict[str, Any]


def bills() -> dict[str, Bill]:
    """By the names of their files."""
    front_end = _npm_bill()
    return {
        "server": _uv_bill("--no-dev"),
        "front-end": _what_ships(front_end),
        "server-with-tools": _uv_bill("--all-groups"),
        "front-end-with-tools": front_end,
    }


def _uv_bill(*groups: str) -> Bill:
    uv = str(Path(sys.prefix) / "bin" / "uv")
    command = [
        uv,
        "export",
        "--quiet",
        "--frozen",
        "--offline",
        "--format",
        "cyclonedx1.5",
        *groups,
    ]
    # A setting of the caller's that `uv` would add groups by.
    return _told(command, ROOT, "UV_NO_DEV")


def _npm_bill() -> Bill:
    command = ["npm", "sbom", "--offline", "--package-lock-only", "--sbom-format", "cyclonedx"]
    bill = _told([*command, "--sbom-type", "application"], ROOT / "frontend", "NODE_ENV")
    # Earlier versions of npm name a package once for each place that it is installed at.
    components = {one["bom-ref"]: one for one in bill["components"]}
    dependencies: dict[str, set[str]] = {}
    for one in bill["dependencies"]:
        dependencies.setdefault(one["ref"], set()).update(one["dependsOn"])
    return bill | {
        "components": list(components.values()),
        "dependencies": [{"ref": ref, "dependsOn": sorted(on)} for ref, on in dependencies.items()],
    }


def _told(command: list[str], folder: Path, without: str) -> Bill:
    environment = {name: value for name, value in os.environ.items() if name != without}
    done = subprocess.run(  # noqa: S603 (our own arguments)
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise click.ClickException(f"{command[0]} made no bill of materials:\n{done.stderr}")
    bill: Bill = json.loads(done.stdout)
    return bill


def _what_ships(bill: Bill) -> Bill:
    """`npm sbom --omit dev` leaves out what ships and is a tool's as well; the lock knows better."""
    lock = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
    ships = {
        f"{path.rpartition('node_modules/')[2]}@{package['version']}"
        for path, package in lock["packages"].items()
        if path and not package.get("dev")
    }
    kept = ships | {bill["metadata"]["component"]["bom-ref"]}
    components = [
        one
        | {"properties": [each for each in one["properties"] if each["name"] != DEVELOPMENT]}
        | {"scope": "required"}
        for one in bill["components"]
        if one["bom-ref"] in ships
    ]
    dependencies = [
        one | {"dependsOn": [each for each in one["dependsOn"] if each in kept]}
        for one in bill["dependencies"]
        if one["ref"] in kept
    ]
    return bill | {"components": components, "dependencies": dependencies}


@click.command()
def main() -> None:
    """Write the four bills."""
    OUT.mkdir(parents=True, exist_ok=True)
    for name, bill in bills().items():
        file = OUT / f"{name}.cdx.json"
        file.write_text(json.dumps(bill, indent=1) + "\n", encoding="utf-8")
        click.echo(f"{len(bill['components']):>5}  {file.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
