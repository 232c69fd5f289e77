"""What is installed is whole: the wheel has all that the repository's package has, the front end and the migrations."""

from pathlib import Path
from typing import Final
from zipfile import ZipFile

import pytest

from scripts.sbom import ROOT
from tests.shipping import build_wheel

PACKAGE: Final = ROOT / "backend" / "glidepath"


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    with ZipFile(build_wheel(tmp_path_factory.mktemp("wheel"))) as wheel:
        return set(wheel.namelist())


def below(folder: Path, suffix: str = "") -> set[str]:
    return {
        str(one.relative_to(folder))
        for one in folder.rglob(f"*{suffix}")
        if one.is_file() and "__pycache__" not in one.parts
    }


def test_the_wheel_has_the_whole_package_with_front_end_and_migrations(contents: set[str]):
    front_end, migrations = ROOT / "frontend" / "dist", ROOT / "migrations"
    wanted = {
        *below(PACKAGE),
        *(f"frontend/{name}" for name in below(front_end)),
        *(f"migrations/{name}" for name in below(migrations)),
    }
    assert {"frontend/index.html", "migrations/env.py", "clinical/data/exercises.json"} <= wanted
    inside = {name.removeprefix("glidepath/") for name in contents if ".dist-info/" not in name}
    assert inside == wanted


def test_the_wheel_has_its_licence_and_its_command(contents: set[str]):
    for name in ("licenses/LICENSE", "entry_points.txt"):
        assert [one for one in contents if one.endswith(f".dist-info/{name}")]


def test_without_a_front_end_no_wheel_is_made(tmp_path: Path):
    for name in ("pyproject.toml", "README.md", "LICENSE", "backend", "migrations", "scripts"):
        (tmp_path / name).symlink_to(ROOT / name)
    with pytest.raises(AssertionError, match="The front end is not built"):
        build_wheel(tmp_path / "out", tmp_path)
