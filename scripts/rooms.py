"""Draws which room of the backend imports which: `.venv/bin/python scripts/rooms.py` writes docs/figures/rooms.svg.

Rooms stand in the order that import-linter holds, each row one that imports and each column one that is imported, so that
whatever goes against the order stands above the diagonal. A larger square is more modules.
"""

import tomllib
from collections import Counter
from pathlib import Path
from typing import Final

import grimp

ROOT: Final = Path(__file__).parents[1]
FIGURE: Final = ROOT / "docs/figures/rooms.svg"
PACKAGE: Final = "glidepath"
CELL, NAMES, EDGE = 18, 104, 8
LARGEST: Final = 14
# Modules, from which on a square is as large as it gets.
MANY: Final = 25
STYLE: Final = """
.page { fill: #fff }
text { font: 12px system-ui, sans-serif; fill: #1f2328 }
.grid { fill: none; stroke: #d1d9e0 }
.held { fill: #1f6f6b }
.against { fill: #b3261e }
@media (prefers-color-scheme: dark) {
  .page { fill: #0d1117 }
  text { fill: #e6edf3 }
  .grid { stroke: #3d444d }
  .held { fill: #7fd1c7 }
  .against { fill: #ff8f86 }
}
"""


def rooms() -> list[str]:
    """From what imports nothing of ours to what imports everything."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = told["tool"]["importlinter"]["contracts"][0]["layers"]
    return [
        one.strip().removeprefix(f"{PACKAGE}.")
        for row in reversed(layers)
        for one in row.split("|")
    ]


def imports(known: list[str]) -> Counter[tuple[str, str]]:
    """How many modules of a room import something of another."""
    graph = grimp.build_graph(PACKAGE)
    found = {
        (importer, _room(importer), _room(imported))
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
    }
    return Counter(
        (here, there) for _, here, there in found if here != there and {here, there} <= set(known)
    )


def _room(module: str) -> str:
    return module.removeprefix(f"{PACKAGE}.").partition(".")[0]


def drawn(known: list[str], found: Counter[tuple[str, str]]) -> str:
    side = CELL * len(known)
    width, height = NAMES + side + EDGE, NAMES + side + EDGE
    against = sum(known.index(there) > known.index(here) for here, there in found)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<title>{len(known)} rooms, {len(found)} ways between them, {against} of them against the order</title>",
        f"<style>{STYLE}</style>",
        '<rect class="page" width="100%" height="100%"/>',
    ]
    for number, name in enumerate(known):
        start = NAMES + CELL * number
        middle = start + CELL / 2
        parts += [
            f'<text x="{NAMES - 6}" y="{middle + 4}" text-anchor="end">{name}</text>',
            f'<text transform="translate({middle + 4} {NAMES - 6}) rotate(-90)">{name}</text>',
            f'<rect class="grid" x="{start}" y="{start}" width="{CELL}" height="{CELL}"/>',
        ]
    parts.append(f'<rect class="grid" x="{NAMES}" y="{NAMES}" width="{side}" height="{side}"/>')
    for (here, there), count in sorted(found.items()):
        row, column = known.index(here), known.index(there)
        size = max(4, LARGEST * min(1, count / MANY) ** 0.5)
        x = NAMES + CELL * column + (CELL - size) / 2
        y = NAMES + CELL * row + (CELL - size) / 2
        kind = "against" if column > row else "held"
        parts.append(
            f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{size:.1f}" height="{size:.1f}">'
            f"<title>{here} imports {there} in {count} of its modules</title></rect>"
        )
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    known = rooms()
    found = imports(known)
    FIGURE.write_text(drawn(known, found), encoding="utf-8")
    print(f"{len(known)} rooms, {len(found)} ways between them: {FIGURE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
