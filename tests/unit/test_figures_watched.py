"""Alert rules and dashboard speak of figures that there are, and of all of them (OP-5)."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import promql_parser as promql
import pytest
from litestar.enums import ScopeType
from msgspec import yaml
from prometheus_client.parser import text_string_to_metric_families

from glidepath.watch import metrics, standing
from glidepath.watch.readiness import Found
from glidepath.watch.standing import Standing, Watchdog
from glidepath.watch.store import Queue

ROOT: Final = Path(__file__).parents[2]
NOW: Final = datetime(2026, 3, 31, tzinfo=UTC)
ROUTES: Final = json.loads((ROOT / "frontend/openapi.json").read_bytes())["paths"]
PROMETHEUS: Final = yaml.decode((ROOT / "deploy/prometheus/prometheus.yml").read_bytes())
GROUPS: Final = yaml.decode((ROOT / "deploy/prometheus/alerts.yml").read_bytes())["groups"]
RULES: Final[list[dict[str, Any]]] = [rule for group in GROUPS for rule in group["rules"]]
DASHBOARD: Final = json.loads((ROOT / "deploy/grafana/glidepath.json").read_bytes())
PANELS: Final = [one for one in DASHBOARD["panels"] if one["type"] != "row"]
TOLD: Final = (ROOT / "docs/deployment.md").read_text(encoding="utf-8")
# Prometheus' own, and the labels that it adds to each figure.
ITS_OWN: Final = {"up": frozenset[str]()}
ADDED: Final = {"job", "instance", "__name__"}
# When a process or a histogram was begun says nothing to anybody; nor does memory that is not used.
NOT_SHOWN: Final = {"glidepath_request_seconds_created", "process_virtual_memory_bytes"}


@cache
def printed() -> dict[str, frozenset[str]]:
    """Each figure of /metrics where all goes on that can, and its labels."""
    requests = metrics.Requests()

    async def answer(*_: Any) -> None: ...

    scope: Any = {"type": ScopeType.HTTP, "method": "POST", "path_template": "/api/sync"}
    asyncio.run(requests.handle(scope, answer, answer, answer))  # type: ignore[arg-type]
    full = Standing(
        Queue(1, NOW, 0, NOW),
        Watchdog(NOW, timedelta(seconds=2), None, "well"),
        oldest=NOW,
        ends=Counter({("email", "sent"): 1}),
    )
    text = requests.text() + metrics.text_of_parts({"disk": Found(is_well=True, says="")})
    text += metrics.text_of(full, 1, NOW)
    return {
        sample.name: frozenset(sample.labels)
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def selectors(node: Any) -> Iterator[promql.VectorSelector]:
    if isinstance(node, promql.VectorSelector):
        yield node
    for name in ("expr", "lhs", "rhs", "vector_selector", "param"):
        if (child := getattr(node, name, None)) is not None:
            yield from selectors(child)
    for child in getattr(node, "args", ()):
        yield from selectors(child)


def parsed(text: str) -> Any:
    return promql.parse(text.replace("$__rate_interval", "5m").replace("$job", "glidepath"))


def faults(text: str) -> Iterator[str]:
    """What an expression says that no figure does."""
    try:
        found = list(selectors(parsed(text)))
    except ValueError as error:
        yield str(error)
        return
    if not found:
        yield "asks for no figure"
    labels = ADDED.union(*(labels_of(one.name) for one in found))
    for one in found:
        if one.name not in printed() | ITS_OWN:
            yield f"there is no {one.name}"
        else:
            yield from faults_of_matchers(one)
    for kept in re.findall(r"\bby \(([^)]*)\)", text):
        for label in set(kept.split(", ")) - labels:
            yield f"nothing is told by {label}"


def labels_of(name: str | None) -> frozenset[str]:
    return (printed() | ITS_OWN).get(name or "", frozenset())


def faults_of_matchers(one: promql.VectorSelector) -> Iterator[str]:
    for matcher in one.matchers.matchers:
        if matcher.name not in labels_of(one.name) | ADDED:
            yield f"{one.name} has no label {matcher.name}"
        if matcher.name == "route" and matcher.value not in ROUTES:
            yield f"there is no route {matcher.value}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_is_one_and_says_whom_to_wake_and_what_to_do(rule: dict[str, Any]):
    assert list(faults(rule["expr"])) == []
    assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch(r"Glidepath[A-Z][A-Za-z]+", rule["alert"])
    assert re.fullmatch(r"\d+[mh]", rule.get("for", "0m"))
    assert rule["labels"].keys() == {"severity"}
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"].keys() == {"summary", "action"}
    for said in rule["annotations"].values():
        assert re.fullmatch(r"\S.{20,}\.", said)
        for label in re.findall(r"\$labels\.(\w+)", said):
            assert re.search(rf"\bby \([^)]*\b{label}\b|^process_", rule["expr"]), label


def test_no_two_rules_are_called_the_same_and_each_stands_in_the_documentation():
    rules = [(rule["alert"], rule["labels"]["severity"]) for rule in RULES]
    assert len(rules) == len(dict(rules))
    assert re.findall(r"^\| `(Glidepath\w+)` \| (\w+) \|", TOLD, re.MULTILINE) == rules


def test_what_is_red_on_the_admins_page_is_an_alert_at_the_same_limit():
    limits = {
        next(selectors(half)).name: half.rhs.val
        for rule in RULES
        for half in [parsed(rule["expr"])]
        if isinstance(half, promql.BinaryExpr) and isinstance(half.rhs, promql.NumberLiteral)
    }
    assert limits["glidepath_queue_lag_seconds"] == standing.QUEUE_LATE.total_seconds()
    assert limits["glidepath_oldest_undelivered_seconds"] == standing.DELIVERY_LATE.total_seconds()
    (silent,) = [rule["expr"] for rule in RULES if rule["alert"] == "GlidepathWorkerSilent"]
    assert parsed(silent).lhs.rhs.val == standing.WORKER_SILENT.total_seconds()
    for name in ("unowned_alerts", "spent_alerts", "overdue_alerts", "dead_letters"):
        assert limits[f"glidepath_{name}"] == 0


def test_the_rules_are_read_and_the_figures_scraped_under_the_name_that_both_know():
    assert PROMETHEUS["rule_files"] == ["alerts.yml"]
    (job,) = PROMETHEUS["scrape_configs"]
    named = re.findall(r'job="(\w+)"', " ".join(rule["expr"] for rule in RULES))
    assert set(named) == {job["job_name"]}


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_shows_figures_that_there_are_and_says_what_they_mean(panel: dict[str, Any]):
    assert panel["description"].endswith(".")
    assert panel["targets"]
    for target in panel["targets"]:
        assert list(faults(target["expr"])) == []
        assert target["datasource"]["uid"] == "${datasource}"
        for label in re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]):
            kept = re.search(r"\bby \(([^)]*)\)", target["expr"])
            assert label in (kept[1].split(", ") if kept else ADDED), label


def test_every_figure_is_on_the_dashboard():
    shown = {
        one.name
        for panel in PANELS
        for target in panel["targets"]
        for one in selectors(parsed(target["expr"]))
    }
    assert printed().keys() - shown == NOT_SHOWN


def test_no_panel_lies_on_another():
    taken = Counter(
        (x, y)
        for panel in DASHBOARD["panels"]
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    )
    assert set(taken.values()) == {1}
    assert {x for x, _ in taken} == set(range(24))
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


@pytest.mark.parametrize(
    "wrong",
    [
        "glidepath_dead_leters > 0",
        "sum by (clinic) (glidepath_dead_letters) > 0",
        'rate(glidepath_request_seconds_count{code="500"}[5m]) > 0',
        'rate(glidepath_request_seconds_count{route="/api/synch"}[5m]) > 0',
        "rate(glidepath_request_seconds_count) > 0",
        "max by (job (glidepath_dead_letters) > 0",
        "1 > 0",
    ],
)
def test_a_wrong_expression_is_noticed(wrong: str):
    assert len(list(faults(wrong))) == 1
