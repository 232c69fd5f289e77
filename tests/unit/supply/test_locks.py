"""What is installed is what was looked at: each locked package has its hash, and comes from where everybody's does (OP-7)."""

import copy
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

import glidepath

ROOT: Final = Path(__file__).parents[3]
UV: Final[dict[str, Any]] = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
NPM: Final[dict[str, Any]] = json.loads(
    (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")
)
PROJECT: Final[dict[str, Any]] = tomllib.loads(
    (ROOT / "pyproject.toml").read_text(encoding="utf-8")
)


def faults_of_uv(lock: dict[str, Any]) -> Iterator[str]:
    for package in lock["package"]:
        name = package["name"]
        if package["source"] == {"editable": "."}:
            continue
        if package["source"] != {"registry": "https://pypi.org/simple"}:
            yield f"{name} comes from {package['source']}"
        files = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ())]
        if not files:
            yield f"{name} has no file"
        for file in files:
            if not file["url"].startswith("https://files.pythonhosted.org/packages/"):
                yield f"{name} is loaded from {file['url']}"
            if not re.fullmatch(r"sha256:[0-9a-f]{64}", file.get("hash", "")):
                yield f"{name} has a file without a hash"


def faults_of_npm(lock: dict[str, Any]) -> Iterator[str]:
    for path, package in lock["packages"].items():
        if path == "":
            continue
        if not re.fullmatch(r"sha512-[0-9A-Za-z+/]{86}==", package.get("integrity", "")):
            yield f"{path} has no hash"
        # None is named where it is the usual one.
        if not package.get("resolved", "https://registry.npmjs.org/").startswith(
            "https://registry.npmjs.org/"
        ):
            yield f"{path} is loaded from {package['resolved']}"
        if package.get("link"):
            yield f"{path} is a link"


def test_every_locked_package_has_its_hash_and_comes_from_the_public_registry():
    """OP-7"""
    assert list(faults_of_uv(UV)) == []
    assert list(faults_of_npm(NPM)) == []
    assert len(UV["package"]) > 100
    assert len(NPM["packages"]) > 400


def _no_hash(lock: dict[str, Any]) -> None:
    del lock["wheels"][0]["hash"]


def _elsewhere(lock: dict[str, Any]) -> None:
    lock["wheels"][0]["url"] = "https://packages.internal.example/httpx.whl"


def _unsealed(lock: dict[str, Any]) -> None:
    lock["wheels"][0]["url"] = lock["wheels"][0]["url"].replace("https:", "http:")


def _registry(lock: dict[str, Any]) -> None:
    lock["source"] = {"registry": "https://packages.internal.example/simple"}


def _from_git(lock: dict[str, Any]) -> None:
    lock["source"] = {"git": "https://github.com/encode/httpx"}


@pytest.mark.parametrize("change", [_no_hash, _elsewhere, _unsealed, _registry, _from_git])
def test_a_worse_lock_of_the_server_is_noticed(change: Callable[[dict[str, Any]], None]):
    package = copy.deepcopy(next(one for one in UV["package"] if one["name"] == "httpx"))
    change(package)
    assert len(list(faults_of_uv({"package": [package]}))) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"integrity": ""},
        {
            "integrity": NPM["packages"]["node_modules/svelte"]["integrity"].replace(
                "sha512", "sha1"
            )
        },
        {"resolved": "https://packages.internal.example/svelte.tgz"},
        {"resolved": "http://registry.npmjs.org/svelte.tgz"},
        {"resolved": "git+ssh://git@github.com/sveltejs/svelte.git"},
        {"link": True},
    ],
)
def test_a_worse_lock_of_the_front_end_is_noticed(change: dict[str, Any]):
    package = NPM["packages"]["node_modules/svelte"] | change
    assert len(list(faults_of_npm({"packages": {"node_modules/svelte": package}}))) == 1


def test_what_installs_goes_by_the_locks_alone():
    texts = {
        name: (ROOT / name).read_text(encoding="utf-8")
        for name in ("scripts/setup.sh", "Dockerfile")
    }
    for name, text in texts.items():
        assert "npm ci" in text, name
        assert not re.search(r"npm (install|i|update)\b", text), name
        for line in re.findall(r"uv sync.*", text):
            assert "--frozen" in line, name
        # What installs the rest is pinned itself.
        assert len(re.findall(r"pip install .*", text)) == len(
            re.findall(r"pip install .*uv==", text)
        ), name
    assert "index" not in PROJECT["tool"].get("uv", {})
    assert "sources" not in PROJECT["tool"].get("uv", {})
    assert not (ROOT / "frontend" / ".npmrc").exists()


def test_all_parts_are_of_one_version():
    assert glidepath.__version__ == PROJECT["project"]["version"]
    assert glidepath.__version__ == NPM["version"] == NPM["packages"][""]["version"]
    assert (
        f"image: glidepath:{glidepath.__version__}\n" in (ROOT / "docker-compose.yml").read_text()
    )


WORSE: Final = """\
import hashlib, pickle, ssl, subprocess, tempfile
import yaml

subprocess.run("ls " + input(), shell=True)
eval(input())
pickle.loads(b"")
yaml.load(input())
ssl._create_unverified_context()
tempfile.mktemp()
hashlib.md5(b"")
password = "correct horse"
query = "select * from patients where name = '" + input() + "'"
"""


@pytest.mark.parametrize("place", ["backend/glidepath/care/worse.py", "scripts/worse.py"])
def test_what_bandit_looks_for_is_looked_for(place: str):
    """OP-7"""
    found = subprocess.run(
        [
            Path(sys.prefix) / "bin" / "ruff",
            "check",
            "--output-format",
            "json",
            "--no-cache",
            "--stdin-filename",
            place,
            "-",
        ],
        input=WORSE,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    rules = {one["code"] for one in json.loads(found.stdout)}
    assert rules >= {"S602", "S307", "S301", "S506", "S323", "S306", "S324", "S105", "S608"}
