"""`make bench` runs every benchmark that there is."""

from pathlib import Path

from scripts import bench


def test_no_benchmark_is_left_out():
    there = {path.stem for path in (bench.ROOT / "benchmarks").glob("*.py")}
    assert there == set(bench.BENCHMARKS)


def test_results_of_others_stay(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "RESULTS.md")
    bench._write({"sync": "one\n\n```\n2\n```", "triage": "two"})
    assert dict(bench._written()) == {"sync": "one\n\n```\n2\n```", "triage": "two"}
