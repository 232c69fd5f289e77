"""The documentation is one site, whose links hold and whose pages ask nobody else for anything."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
FOREIGN: Final = re.compile(
    r"<(?:script|img|link|iframe|source)\b[^>]*?(?:src|href)=.?(?:https?:)?//"
)


def build(site: Path, configuration: Path = ROOT / "mkdocs.yml") -> tuple[int, str]:
    # Not --quiet, with which it counts no warning.
    command: list[str | Path] = [Path(sys.executable).with_name("mkdocs"), "build", "--strict"]
    done = subprocess.run(
        [*command, "--config-file", configuration, "--site-dir", site],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
    )
    return done.returncode, done.stdout + done.stderr


def test_the_site_is_made_without_a_warning_and_has_every_page(tmp_path: Path):
    status, said = build(tmp_path)
    assert (status, re.findall(r"^(?!INFO).+", said, re.MULTILINE)) == (0, []), said
    assert "excluded" not in said
    made = {one.stem for one in tmp_path.glob("*.html")} - {"404"}
    listed = set(re.findall(r"\]\((?:\.\./)?([\w-]+)\.md\)", (ROOT / "docs/README.md").read_text()))
    assert made == listed - {"README"} | {"index"}
    for page in tmp_path.rglob("*.html"):
        assert not FOREIGN.search(page.read_text(encoding="utf-8")), page.name
    assert "tests/security/authz.yaml" in (tmp_path / "index.html").read_text(encoding="utf-8")
    for name in ("tests/security/authz.yaml", "examples/diary.csv", "pictures/triage.png"):
        assert (tmp_path / name).is_file()


@pytest.mark.assurance
@pytest.mark.parametrize(
    "wrong",
    [
        "[away](away.md)",
        "[a heading](index.md#none)",
        "[below](#none)",
        "[above](/index.md)",
        "![shown](none.png)",
    ],
)
def test_a_link_that_leads_nowhere_stops_it(tmp_path: Path, wrong: str):
    (tmp_path / "docs").mkdir()
    page = tmp_path / "docs" / "index.md"
    configuration = tmp_path / "mkdocs.yml"
    configuration.write_text(f"INHERIT: {ROOT}/mkdocs.yml\nhooks: []\nnav: [index.md]\n")
    for text, status in (("# One\n", 0), (f"# One\n\n{wrong}\n", 1)):
        page.write_text(text, encoding="utf-8")
        assert build(tmp_path / "site", configuration)[0] == status
