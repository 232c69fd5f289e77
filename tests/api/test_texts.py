"""Every free text of the interface is known to the tests that write hostile ones into it (tests/hostile.py)."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.hostile import ELSEWHERE, FIELDS, LINES, NO_PROSE, PROSE

ROOT = Path(__file__).parents[2]
OPENAPI = json.loads((ROOT / "frontend/openapi.json").read_text())
RAW_HTML = re.compile(r"\{@html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc")


def texts(schema: dict[str, Any], path: str = "", above: tuple[str, ...] = ()) -> Iterator[str]:
    """The paths of all strings that are neither one of a list nor of a format."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in above:
            yield from texts(OPENAPI["components"]["schemas"][name], path, (*above, name))
    for choice in (*schema.get("oneOf", ()), *schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from texts(choice, path, above)
    kinds = schema.get("type", ())
    if "string" in ([kinds] if isinstance(kinds, str) else kinds) and not (
        {"enum", "format", "const"} & schema.keys()
    ):
        yield path
    for name, value in schema.get("properties", {}).items():
        yield from texts(value, f"{path}.{name}" if path else name, above)
    if "items" in schema:
        yield from texts(schema["items"], f"{path}[]", above)


def test_every_free_text_is_tried_with_hostile_ones():
    found: dict[str, set[str]] = {}
    for path, methods in OPENAPI["paths"].items():
        for method, operation in methods.items():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                prose = {
                    one
                    for one in texts(content["schema"])
                    if one.rpartition(".")[2] not in NO_PROSE
                }
                if prose:
                    found.setdefault(f"{method} {path}", set()).update(prose)
    assert found == FIELDS | ELSEWHERE


def test_there_are_enough_and_no_two_are_the_same():
    assert len(LINES) == len({*LINES}) >= 110
    assert len(PROSE) == len({*PROSE}) >= 10


def test_no_text_is_ever_put_into_a_page_as_html():
    sources = [*(ROOT / "frontend/src").rglob("*.svelte"), *(ROOT / "frontend/src").rglob("*.ts")]
    assert len(sources) > 100
    assert [str(one) for one in sources if RAW_HTML.search(one.read_text())] == []
