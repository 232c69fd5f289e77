"""What all runs of the long tests together say: of each row how often it was tried, and the running bound.

After `make assurance`: .venv/bin/python scripts/bounds.py
"""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

RESULTS: Final = Path(__file__).resolve().parents[1] / "docs" / "assurance.jsonl"
Result = dict[str, Any]


def by_row(results: list[Result]) -> dict[str, list[Result]]:
    found = defaultdict(list)
    for one in results:
        for row in one["rows"]:
            found[row].append(one)
    return dict(sorted(found.items()))


def said_of(results: list[Result]) -> str:
    """With no failure in n tries, one happens in at most 3/n of all (95 %)."""
    mutants = {one["test"]: one["outcome"] for one in results if one["mutant"]}
    caught = sum(outcome == "passed" for outcome in mutants.values())
    ours = [one for one in results if not one["mutant"]]
    failed = sum(one["outcome"] != "passed" for one in ours)
    tried = sum(one["tried"] or 0 for one in ours)
    if not tried:
        bound = "not counted in tries"
    elif failed:
        bound = f"{failed} runs failed"
    else:
        bound = f"at most {min(1, 3 / tried):.2%}"
    last = max(one["at"] for one in results)
    return f"{len(ours):5} {tried:9,}  {bound:24} {caught}/{len(mutants):<8} {last}"


def main() -> None:
    results = [json.loads(line) for line in RESULTS.read_text(encoding="utf-8").splitlines()]
    print(f"{'row':6} {'runs':>5} {'tries':>9}  {'a failure (95 %)':24} {'mutants':10} last")
    for row, ones in by_row(results).items():
        print(f"{row:6} {said_of(ones)}")


if __name__ == "__main__":
    main()
