"""What is known against a package counts from the day it is known, unless somebody said why not and until when (OP-7)."""

import json
from datetime import date, timedelta
from typing import Any, Final

import httpx
import pytest
from click.testing import CliRunner

from scripts import audit
from scripts.audit import (
    ALLOWED,
    MENDED_WITHIN,
    Finding,
    Leave,
    Unanswered,
    ask,
    main,
    packages,
    read_leaves,
    report,
)
from scripts.sbom import ROOT, Bill

TODAY: Final = date(2026, 3, 31)
HTTPX: Final = "pkg:pypi/httpx@0.28.1"
WEBAUTHN: Final = "pkg:npm/%40simplewebauthn/browser@13.3.0"
REASON: Final = "Only its server is at fault, which nothing here starts."


def record(name: str, days: int = 20, grade: str | None = "HIGH", **more: Any) -> dict[str, Any]:
    """As OSV tells it."""
    return {
        "id": name,
        "published": f"{TODAY - timedelta(days=days)}T08:00:00Z",
        "summary": "It answers whom it should not.",
        "affected": [
            {"ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "0.29"}]}]}
        ],
        **({"database_specific": {"severity": grade}} if grade else {}),
        **more,
    }


def service(known: dict[str, list[dict[str, Any]]], page: int = 100) -> httpx.Client:
    """OSV with these records of these packages, `page` of them in an answer."""
    records = {one["id"]: one for some in known.values() for one in some}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path != "/v1/querybatch":
            return httpx.Response(200, json=records[request.url.path.removeprefix("/v1/vulns/")])
        results = []
        for query in json.loads(request.content)["queries"]:
            start = int(query.get("page_token", "0"))
            some = known.get(query["package"]["purl"], [])
            result: dict[str, Any] = {}
            if some[start : start + page]:
                result["vulns"] = [{"id": one["id"]} for one in some[start : start + page]]
            if some[start + page :]:
                result["next_page_token"] = str(start + page)
            results.append(result)
        return httpx.Response(200, json={"results": results})

    return httpx.Client(base_url="https://osv.example", transport=httpx.MockTransport(answer))


def found(*records: dict[str, Any], page: int = 100) -> list[Finding]:
    return ask(service({HTTPX: list(records)}, page), {HTTPX: True, WEBAUTHN: False})


@pytest.mark.parametrize("grade", MENDED_WITHIN)
def test_each_grade_has_its_time_and_is_late_the_day_after(grade: str):
    within = MENDED_WITHIN[grade]
    for days, is_well in ((within, True), (within + 1, False)):
        said, well = report(found(record("GHSA-a", days, grade)), {}, TODAY)
        assert well is is_well
        assert ("LATE" in said) is not is_well
    assert "pypi/httpx@0.28.1 (ships)  GHSA-a" in said
    assert "Mended by: 0.29" in said


def test_the_times_are_those_that_are_promised():
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    for grade, days in MENDED_WITHIN.items():
        assert f"| {grade.lower()} | {days} days |" in page


def test_what_nobody_graded_counts_as_high_and_what_is_malicious_as_critical():
    assert [one.grade for one in found(record("PYSEC-1", grade=None))] == ["HIGH"]
    assert [one.grade for one in found(record("MAL-1", grade=None))] == ["CRITICAL"]


def test_one_fault_under_several_names_is_one_from_its_first_day_and_of_its_gravest_grade():
    told = [
        record("PYSEC-1", 40, None, aliases=["CVE-1"]),
        record("GHSA-a", 20, "LOW", aliases=["CVE-1", "CVE-2"]),
        record("OTHER-1", 30, "CRITICAL", aliases=["CVE-2"]),
        record("GHSA-b", 1, "LOW"),
        record("GHSA-c", 99, withdrawn="2026-03-01T00:00:00Z"),
    ]
    for page in (1, 100):
        one, other = sorted(found(*told, page=page), key=lambda each: each.known_since)
        assert (one.name, one.grade) == ("GHSA-a", "CRITICAL")
        assert one.known_since == TODAY - timedelta(days=40)
        assert other.name == "GHSA-b"


def test_what_is_left_for_a_reason_counts_again_after_its_day():
    findings = found(record("PYSEC-1", 40, aliases=["CVE-1"]))
    leave = Leave(REASON, TODAY - timedelta(days=9), TODAY)
    assert report(findings, {"CVE-1": leave}, TODAY)[1] is True
    assert report(findings, {"CVE-1": leave}, TODAY + timedelta(days=1))[1] is False
    assert report(findings, {"CVE-2": leave}, TODAY)[1] is False
    assert "CVE-2 is allowed and not found" in report(findings, {"CVE-2": leave}, TODAY)[0]


@pytest.mark.parametrize(
    "text",
    [
        "[GHSA-a]\nsince = 2026-01-01\nuntil = 2026-01-31",
        '[GHSA-a]\nreason = "later"\nsince = 2026-01-01\nuntil = 2026-01-31',
        f'[GHSA-a]\nreason = "{REASON}"\nsince = 2026-01-01',
        f'[GHSA-a]\nreason = "{REASON}"\nsince = 2026-01-01\nuntil = 2026-12-31',
        f'[GHSA-a]\nreason = "{REASON}"\nsince = 2026-01-01\nuntil = 2026-01-31\nforever = true',
        "GHSA-a",
    ],
)
def test_nothing_is_left_without_a_reason_and_a_day(text: str):
    with pytest.raises(Unanswered, match="audit_allowed"):
        read_leaves(text)
    well = f'[GHSA-a]\nreason = "{REASON}"\nsince = 2026-01-01\nuntil = 2026-03-31'
    assert read_leaves(well)["GHSA-a"].until == TODAY


def test_the_file_of_what_is_left_can_be_read():
    read_leaves(ALLOWED.read_text(encoding="utf-8"))


def test_all_that_is_locked_is_asked_about_under_the_names_that_are_known():
    """The bills are those of `test_bills.py`."""
    bill = {"components": [{"purl": HTTPX}]}
    tools = {"components": [{"purl": HTTPX}, {"purl": WEBAUTHN}]}
    made: dict[str, Bill] = {
        "server": bill,
        "front-end": {"components": []},
        "server-with-tools": tools,
    }
    assert packages(made) == {HTTPX: True, WEBAUTHN: False}


@pytest.mark.parametrize("status", [500, 429, 405])
def test_an_answer_that_is_none_is_no_good_news(status: int):
    for answer in (httpx.Response(status), httpx.Response(200, json={}), httpx.Response(200)):
        transport = httpx.MockTransport(lambda _, answer=answer: answer)
        with pytest.raises(Unanswered, match="gave no answer"):
            ask(httpx.Client(base_url="https://osv.example", transport=transport), {HTTPX: True})


def test_without_a_network_it_says_loudly_that_nothing_was_audited(monkeypatch: pytest.MonkeyPatch):
    bill = {"components": [{"purl": HTTPX}]}
    monkeypatch.setattr(audit, "bills", lambda: {"server": bill, "front-end": bill})
    done = CliRunner().invoke(main, ["--service", "http://127.0.0.1:9"])
    assert done.exit_code == 2
    assert done.stderr.startswith("NOTHING WAS AUDITED. http://127.0.0.1:9")
