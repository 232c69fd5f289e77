"""Whose each field is stands in docs/api.md, structure by structure, and is what the routes show (V8.1.2, AC-8)."""

import json
import re
from pathlib import Path
from typing import Any, Final

from tests.security.matrix import ACTORS, ANSWERS, ROUTES

ROOT: Final = Path(__file__).parents[2]
DESCRIPTION: Final[dict[str, Any]] = json.loads(
    (ROOT / "frontend" / "openapi.json").read_text(encoding="utf-8")
)
STRUCTURES: Final[dict[str, Any]] = DESCRIPTION["components"]["schemas"]
PAGE: Final = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def named(page: str, who: str) -> set[str]:
    """What the page's row says that they see."""
    section = page.partition("## Whose each field is")[2].partition("\n## ")[0]
    (row,) = re.findall(rf"^\| {who} \| (.*) \|$", section, re.MULTILINE)
    return set(re.findall(r"`(\w+)`", row))


def shown(who: str) -> set[str]:
    """The structures in the answers of every route that lets them in."""
    found = set[str]()
    for route, row in ROUTES.items():
        method, path = route.split(" ")
        operation = DESCRIPTION["paths"].get(re.sub(r":\w+}", "}", path), {}).get(method.lower())
        if operation and dict(zip(ACTORS, ANSWERS[row], strict=True))[who] == "ok":
            for status, answer in operation["responses"].items():
                if status.startswith("2"):
                    _gather(answer, found)
    return found


def _gather(part: Any, found: set[str]) -> None:
    if isinstance(part, list):
        for one in part:
            _gather(one, found)
    elif isinstance(part, dict):
        name = str(part.get("$ref", "")).rpartition("/")[2]
        if "properties" in STRUCTURES.get(name, {}) and name not in found:
            found.add(name)
            _gather(STRUCTURES[name], found)
        for one in part.values():
            _gather(one, found)


def test_each_role_is_shown_the_structures_that_are_written_down():
    """And the mutant: a structure that the page does not name."""
    patients = named(PAGE, "patients")
    assert shown("patient") == patients
    assert shown("operator") - shown("patient") - shown("unassigned") == named(PAGE, "operators")
    assert named(PAGE, "admins") <= shown("admin") - shown("assigned")
    assert shown("patient") != named(PAGE.replace("`OwnLook`, ", ""), "patients")
