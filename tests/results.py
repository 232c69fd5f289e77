"""What long tests found, one line of JSON for each figure, added to what earlier runs found.

A figure's line names its rows of the assurance plan, its seed, and how often it was tried, in words for people; they are
read from there.
"""

import json
import re
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

# Names the file; without it nothing is kept.
RESULTS: Final = "ASSURANCE_RESULTS"
_ROWS: Final = re.compile(r"\b[A-Z]{2}-\d+[a-z]?\b")
_SEED: Final = re.compile(r"\bseed (\d+)")
_TRIED: Final = re.compile(r"\(95 %, (\d+) tried\)")

Result = dict[str, Any]


def read(report: pytest.TestReport, line: str) -> Result:
    head = line.partition(":")[0]
    seed, tried = _SEED.search(line), _TRIED.search(line)
    return {
        "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ"),
        "commit": _commit(),
        "rows": sorted({*_ROWS.findall(head)}),
        "test": report.nodeid,
        "outcome": report.outcome,
        "mutant": "mutant" in head,
        "seconds": round(report.duration, 1),
        "seed": int(seed[1]) if seed else None,
        "tried": int(tried[1]) if tried else None,
        "figure": line,
    }


def keep(file: Path, found: Sequence[Result]) -> None:
    with file.open("a", encoding="utf-8") as out:
        out.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in found)


def _commit() -> str:
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return said.stdout.strip()
