"""Every operation for every actor (AC-1), and what becomes of it without its guards (AC-1m)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from glidepath import app as application
from glidepath.identity import recent
from tests.security import matrix
from tests.security.guards import BEHIND, GUARDS
from tests.security.matrix import ACTORS, ANSWERS, AUDITED, ROUTES, Operation
from tests.security.rolled_back import RolledBack
from tests.security.world import World

pytestmark = pytest.mark.anyio


def test_every_route_has_its_row_and_every_row_its_route(live: dict[str, Operation]):
    assert set(ROUTES) == set(live)
    assert set(ROUTES.values()) == set(ANSWERS) == set(BEHIND)
    assert {len(row) for row in ANSWERS.values()} == {len(ACTORS)} == {12}


async def test_every_actor_is_there(furnished: tuple[World, RolledBack]):
    made, _ = furnished
    assert set(made.actors) == set(ACTORS)


def is_told(route: str, word: str | int, *, signed_out: bool) -> bool:
    """Whether the log has a security event of it: of what the audit trail has not, and of whoever is turned away.
    A page that asks whether somebody is signed in is not."""
    path = route.partition(" ")[2]
    # The description's own route is the framework's, and has no name.
    if not path.startswith(("/api", "/metrics")) or path.startswith("/api/schema"):
        return False
    if route.startswith("GET"):
        return word != "ok" and not (word == 401 and signed_out)
    return word != "ok" or route not in AUDITED


@pytest.mark.parametrize("route", ROUTES)
async def test_everybody_gets_what_is_theirs_and_no_more_and_it_is_written_down_once(
    route: str, live: dict[str, Operation], furnished: tuple[World, RolledBack]
):
    expected = matrix.expected(live[route])
    with capture_logs() as lines:
        found = await matrix.answers(*furnished, live[route])
    assert {who: answer.word for who, answer in found.items()} == {
        who: expected[who] for who in found
    }
    # What leads up to the request is told, too, under other names.
    told = [line for line in lines if line.get("deed") == live[route].name]
    assert [line["outcome"] for line in told] == [
        "done" if answer.word == "ok" else "denied"
        for who, answer in found.items()
        if is_told(route, answer.word, signed_out=not furnished[0].actors[who].cookies)
    ]
    accounts = set(furnished[0].accounts.values())
    assert {line.get("account_id") for line in told if line["status"] == 403} <= accounts
    # AD-1: of who may and who may not, and of nobody who is not signed in.
    for who, answer in found.items():
        events = [(event.action, event.outcome) for event in answer.audited]
        outcome = "done" if answer.word == "ok" else "denied"
        is_known = route in AUDITED and answer.word != 401
        assert events == ([(AUDITED[route], outcome)] if is_known else []), who
        if ROUTES[route] == "who cares for the patient" and answer.word == "ok":
            assert len(answer.audited[0].patient_ids) == 1


async def test_with_one_factor_staff_get_no_further_than_to_the_second(
    live: dict[str, Operation],
    furnished: tuple[World, RolledBack],
    monkeypatch: pytest.MonkeyPatch,
    report: Callable[[str], None],
):
    """AU-9, and its mutant: the one place that holds it."""
    asking = [route for route, row in ROUTES.items() if ANSWERS[row][0] == 401]

    async def closed() -> set[str]:
        found = set()
        for route in asking:
            if live[route].name != "getLive":
                answer = await matrix.ask(*furnished, live[route], matrix.HALF)
                if answer.status_code == 403 and "second_factor_needed" in answer.text:
                    found.add(route)
        return found

    expected = set(asking) - set(matrix.ONE_FACTOR) - {"GET /api/live"}
    assert set(matrix.ONE_FACTOR) <= set(asking)
    assert await closed() == expected
    report(f"AU-9: {len(expected)} of {len(expected)} routes are closed to one factor")
    monkeypatch.setattr(application, "require_second_factor", lambda _: None)
    asking = ["GET /api/triage", "GET /api/staff"]
    assert await closed() == set()


async def test_a_proof_that_is_too_old_opens_no_way_in_and_nothing_else_asks_for_one(
    live: dict[str, Operation],
    furnished: tuple[World, RolledBack],
    monkeypatch: pytest.MonkeyPatch,
    report: Callable[[str], None],
):
    """AU-12: each route, asked by one of each kind that may."""
    kinds = ("patient", "assigned", "admin", "operator")
    asking = [route for route, row in ROUTES.items() if ANSWERS[row][0] == 401]

    async def refused(routes: list[str]) -> set[str]:
        found = set()
        for route in routes:
            expected = matrix.expected(live[route])
            for who in kinds if live[route].name != "getLive" else ():
                if expected[who] == "ok":
                    answer = await matrix.ask(*furnished, live[route], who)
                    if answer.status_code == 403:
                        assert answer.json()["code"] == "confirm_it_is_you", (route, who)
                        found.add(route)
                    else:
                        assert route not in matrix.PROOF, (route, who)
        return found

    monkeypatch.setattr(recent, "RECENT", timedelta(seconds=-1))
    assert await refused(asking) == set(matrix.PROOF)
    report(f"AU-12: {len(matrix.PROOF)} of {len(asking)} routes ask for a recent proof")


# What a foreign admin does not find, since it is another clinic's.
BEHIND_THE_WALL = [
    route
    for route, row in ROUTES.items()
    if ":uuid}" in route and dict(zip(ACTORS, ANSWERS[row], strict=True))["foreign_admin"] == 404
]


@pytest.mark.parametrize("route", BEHIND_THE_WALL)
async def test_what_is_another_clinics_is_as_what_does_not_exist(
    route: str, live: dict[str, Operation], furnished: tuple[World, RolledBack]
):
    """AC-6, but for the time that it takes."""
    theirs = await matrix.ask(*furnished, live[route], "foreign_admin")
    nobodys = await matrix.ask(*furnished, live[route], "foreign_admin", unknown=True)
    assert theirs.status_code == nobodys.status_code == 404
    assert (theirs.content, theirs.headers) == (nobodys.content, nobodys.headers)


MUTANTS = [(route, guard) for route, row in ROUTES.items() for guard in BEHIND[row]]


@pytest.mark.assurance
@pytest.mark.parametrize(("route", "guard"), MUTANTS)
async def test_a_route_without_one_of_its_guards_is_caught(
    route: str,
    guard: str,
    live: dict[str, Operation],
    furnished: tuple[World, RolledBack],
    monkeypatch: pytest.MonkeyPatch,
):
    expected = matrix.expected(live[route])
    GUARDS[guard](monkeypatch, furnished[0])
    found = await matrix.answers(*furnished, live[route])
    assert {who: answer.word for who, answer in found.items()} != {
        who: expected[who] for who in found
    }


def test_every_guard_is_removed_somewhere(report: Callable[[str], None]):
    assert {guard for _, guard in MUTANTS} == set(GUARDS)
    report(f"AC-1: {len(ROUTES)} routes x {len(ACTORS)} actors; {len(MUTANTS)} guards (AC-1m)")
