"""No text keeps a pattern busy: the time for one grows as the text does, and no faster (IN-6)."""

import ast
import json
import re
import time
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
SIZE: Final = 100_000
# Of processor time, for the longest text that a request can hold.
AT_MOST: Final = 0.05
# What patterns repeat, with an end that fits none of them.
FUEL: Final = (
    "a",
    " ",
    "0",
    ".",
    "-",
    '"',
    "\\",
    '\\"',
    "a ",
    "a.",
    "é",
    "[",
    "\t",
    "/",
    ":",
    "::1",
)
ENDS: Final = ("", "\x00", "!", "\n", "]")
CALLS: Final = {"compile", "match", "search", "fullmatch", "sub", "split", "findall", "finditer"}
# What they read is the operator's own: settings, and the names of our migrations.
NOBODYS_TEXT: Final = {"backend/glidepath/settings.py", "backend/glidepath/database/revisions.py"}


class Pattern(NamedTuple):
    pattern: str
    # Whether it is looked for anywhere in a text, or held against the whole of it.
    anywhere: bool


def of_the_code() -> dict[str, Pattern]:
    """Every pattern that is given to `re`, by where it stands."""
    found = {}
    for file in sorted((ROOT / "backend").rglob("*.py")):
        name, source = str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")
        nodes: list[Any] = list(ast.walk(ast.parse(source)))
        # A compiled one is held against whole texts if that is all that its module does with it.
        kept = {
            id(node.value): ast.unparse(
                node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            )
            for node in nodes
            if isinstance(node, ast.Assign | ast.AnnAssign)
        }
        for node in nodes:
            if name in NOBODYS_TEXT or not _is_of_re(node):
                continue
            asked = {node.func.attr}
            if node.func.attr == "compile":
                asked = set(re.findall(rf"\b{kept.get(id(node), '')}\.(\w+)\(", source))
            whole = bool(asked) and asked <= {"match", "fullmatch"}
            found[f"{name}:{node.lineno}"] = Pattern(str(node.args[0].value), not whole)
    return found


def _is_of_re(node: Any) -> bool:
    """A call of `re` with a pattern that is written out."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in CALLS
        and isinstance(node.args[0], ast.Constant)
    )


def of_the_interface() -> dict[str, Pattern]:
    """Every pattern that the description of the interface holds a text to."""
    found: dict[str, Pattern] = {}

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            if isinstance(part.get("pattern"), str):
                found[part["pattern"]] = Pattern(part["pattern"], anywhere=True)
            for one in part.values():
                walk(one)
        elif isinstance(part, list):
            for one in part:
                walk(one)

    walk(json.loads((ROOT / "frontend" / "openapi.json").read_text(encoding="utf-8")))
    return found


PATTERNS = of_the_code() | of_the_interface()


def slowest(pattern: Pattern, size: int = SIZE) -> tuple[float, str]:
    """Processor seconds for the worst of the texts, and what it is made of."""
    compiled, found = re.compile(pattern.pattern, re.DOTALL), (0.0, "")
    tried = compiled.search if pattern.anywhere else compiled.fullmatch
    for fuel in FUEL:
        for end in ENDS:
            text = fuel * (size // len(fuel)) + end
            began = time.process_time()
            tried(text)
            found = max(found, (time.process_time() - began, f"{fuel!r}...{end!r}"))
            if found[0] > AT_MOST:
                return found
    return found


def test_there_are_patterns_to_try():
    assert len(of_the_code()) > 5
    assert len(of_the_interface()) > 10


@pytest.mark.parametrize("where", PATTERNS)
def test_no_text_keeps_it_busy(where: str):
    took, text = slowest(PATTERNS[where])
    assert took <= AT_MOST, (PATTERNS[where], text)


def test_one_that_can_be_kept_busy_is_found():
    assert slowest(Pattern(r"\s+$", anywhere=True), 10_000)[0] > AT_MOST
