"""Clinics can be spread over machines: Citus' rules hold, and what is asked often asks one clinic alone."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

import httpx
import psycopg
import pytest
from sqlalchemy import text

from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import enter_clinic
from glidepath.identity import signing_in
from glidepath.settings import Settings
from tests.api.test_live import Page
from tests.security import matrix
from tests.security.distribution import OF_NO_CLINIC, UNIQUE_ANYWHERE, broken_rules
from tests.security.matrix import Operation
from tests.security.requests import asked
from tests.security.rolled_back import RolledBack
from tests.security.sent import Sent, names, past_a_clinic, recorded
from tests.security.world import World

pytestmark = pytest.mark.anyio

# What phones and open pages ask all day, and by whom.
HOT: Final = {
    "POST /api/sign-in": "assigned",
    "GET /api/me": "patient",
    "GET /api/care": "patient",
    "GET /api/diary": "patient",
    "POST /api/sync": "patient",
    "GET /api/triage": "assigned",
    "GET /api/live": "assigned",
    "GET /api/patients/{patient_id:uuid}": "assigned",
    "GET /api/patients/{patient_id:uuid}/entries": "assigned",
    "GET /api/alerts/{alert_id:uuid}/basis": "assigned",
    "POST /api/alerts/viewed": "assigned",
    "POST /api/alerts/{alert_id:uuid}/acknowledge": "assigned",
}


def test_every_table_can_be_spread_by_its_clinic_or_says_why_not(
    settings: Settings, report: Callable[[str], None]
):
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url) as connection:
        assert broken_rules(connection) == set()
    report(
        f"Citus: every table has its clinic in each key and link, but {len(OF_NO_CLINIC)} of no clinic"
        f" and {len(UNIQUE_ANYWHERE)} keys that open a door"
    )


# These go from clinic to clinic, or into one that is not their own.
OF_THE_INSTALLATION: Final = {
    "GET /metrics",
    "PUT /api/installation/clinics/{clinic_id:uuid}",
    "POST /api/installation/clinics/{clinic_id:uuid}/admin",
}
SPREAD_NO_MORE: Final = {
    "create table notes (id uuid primary key)": "notes is of no clinic",
    "create table notes (id uuid primary key, clinic_id uuid not null)": "notes has no key led by clinic_id",
    "create unique index ux on alerts (id)": "ux is unique in no clinic",
    "create unique index ux on alerts ((clinic_id::text))": "ux is unique in no clinic",
    "create unique index ux on alerts (id) include (clinic_id)": "ux is unique in no clinic",
    "drop index uq_sessions_token_hash": "uq_sessions_token_hash is unique in no clinic",
    """alter table alerts add other uuid, add constraint fk
        foreign key (other, clinic_id) references episodes (clinic_id, id)""": "fk leads out of the clinic",
    """alter table alerts add other uuid, add constraint fk
        foreign key (clinic_id, other) references episodes (clinic_id, id) on delete set null""": "fk changes rows",
    """alter table challenges add clinic uuid, add account uuid, add constraint fk
        foreign key (clinic, account) references accounts (clinic_id, id)""": "fk leads from everywhere into a clinic",
    """create trigger t after insert on alerts for each row
        execute function unique_key_recheck()""": "unique_key_recheck runs beside a row",
    "drop index ix_accounts_holder": "all clinics are looked through for accounts",
    "drop index ix_invitations_link_holder": "all clinics are looked through for invitations",
    """create policy door on alerts for select
        using ('alert:' || id = current_setting('app.key', true))""": "alert opens alerts",
}


@pytest.mark.parametrize(("change", "found"), SPREAD_NO_MORE.items())
def test_what_could_not_be_spread_is_found(
    change: str, found: str, settings: Settings, postgres: EmbeddedPostgres
):
    with psycopg.connect(postgres.url("postgres", "matrix")) as admin:
        admin.execute(change.encode())
        assert found in broken_rules(admin)
        admin.rollback()


async def sent_by(
    world: World, database: RolledBack, operation: Operation, who: str, *, naming: bool = False
) -> tuple[list[Sent], int]:
    """What a request of theirs sends, and the status of the answer. Nothing of it stays."""
    client = world.actors[who]
    kept = httpx.Cookies(client.cookies)
    async with database.taken_back():
        path, asks = await asked(world, operation.name, operation.path, who, client)
        usual = {} if operation.method == "GET" else {"json": asks.body}
        with recorded(database, naming=naming) as sent:
            if operation.name == "getLive":
                page = Page(world.clinic, client.cookies)
                status = await page.status()
                await page.leave()
            else:
                answer = await client.request(operation.method, path, headers=asks.headers, **usual)
                status = answer.status_code
    client.cookies = kept
    return sent, status


async def test_what_is_asked_often_asks_one_clinic_alone(
    live: dict[str, Operation],
    furnished: tuple[World, RolledBack],
    report: Callable[[str], None],
):
    """That a statement sees no other clinic's rows is held below it (AC-3); here that none needs to."""
    by_key = named = left = 0
    for route, who in HOT.items():
        sent, status = await sent_by(*furnished, live[route], who)
        assert (sent != [], status < 300) == (True, True), route
        assert past_a_clinic(sent, furnished[0].tenant_of(who)) == [], route
        inside = [one for one in sent if one.entered]
        by_key += len(sent) - len(inside)
        named += sum(one.named for one in inside)
        left += sum(not one.named for one in inside)
    report(
        f"{len(HOT)} routes that are asked often: {by_key + named + left} statements on tables of clinics, all in"
        f" one clinic but {by_key} by a key; {named} name it, {left} leave it to the policy"
    )


@pytest.mark.assurance
async def test_all_but_the_operators_routes_ask_one_clinic_alone(
    live: dict[str, Operation], furnished: tuple[World, RolledBack], report: Callable[[str], None]
):
    count, past = 0, set()
    for route, operation in live.items():
        answers = matrix.expected(operation)
        who = next((one for one in furnished[0].actors if answers[one] == "ok"), None)
        if who is None:
            continue
        sent, status = await sent_by(*furnished, operation, who)
        assert status < 300, route
        count += len(sent)
        if past_a_clinic(sent, furnished[0].tenant_of(who)):
            past.add(route)
    assert past == OF_THE_INSTALLATION
    report(f"{len(live)} routes: {count} statements, in one clinic each but for {len(past)} routes")


# An event and the head of its chain are written by one statement, in which the head's clinic is the event's.
OF_THE_TRAIL: Final = frozenset({"audit_events", "audit_heads"})


async def test_one_hook_has_every_statement_name_its_clinic_but_that_of_the_trail(
    live: dict[str, Operation],
    furnished: tuple[World, RolledBack],
    report: Callable[[str], None],
):
    """What sends a statement to one machine alone is its own words, not the policy (docs/scaling.md)."""
    named = left = 0
    for route, who in HOT.items():
        sent, status = await sent_by(*furnished, live[route], who, naming=True)
        assert status < 300, route
        others = [one for one in sent if one.entered and not one.named]
        assert {one.tables for one in others} <= {OF_THE_TRAIL}, route
        named += sum(one.named for one in sent)
        left += len(others)
    report(f"With one hook {named} of {named + left} statements name their clinic")


async def test_a_statement_that_is_sent_in_no_clinic_is_found(
    live: dict[str, Operation],
    furnished: tuple[World, RolledBack],
    monkeypatch: pytest.MonkeyPatch,
):
    async def stay_out(*_: object) -> None: ...

    monkeypatch.setattr(signing_in, "enter_clinic", stay_out)
    sent, status = await sent_by(*furnished, live["GET /api/me"], "patient")
    assert status == 401
    assert past_a_clinic(sent, furnished[0].clinic.id) != []


async def test_a_statement_that_is_sent_in_another_clinic_is_found(
    furnished: tuple[World, RolledBack],
):
    world, database = furnished
    async with database.taken_back(), database.reading(world.clinic.id) as session:
        with recorded(database) as sent:
            await enter_clinic(session, world.other_clinic.id)
            await session.execute(text("select from alerts"))
    assert len(past_a_clinic(sent, world.clinic.id)) == 1


OURS, THEIRS = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("statement", "values", "found"),
    [
        ("select from alerts where clinic_id = $1", (OURS,), True),
        ("select from alerts where clinic_id = $1", (THEIRS,), False),
        ("select from alerts where id = $1", (OURS,), False),
        ("select from alerts a join episodes b on a.clinic_id = b.clinic_id", (), False),
        (
            "select from alerts join episodes on alerts.clinic_id = episodes.clinic_id where alerts.clinic_id = $1",
            (OURS,),
            True,
        ),
        ("select from alerts, episodes where alerts.clinic_id = $1", (OURS,), False),
        (
            "select from alerts as a where a.clinic_id = $1 and exists (select from alerts as b)",
            (OURS,),
            False,
        ),
        ("insert into alerts (clinic_id) values ($1)", (OURS,), True),
        ("insert into alerts (clinic_id) values ($1)", (THEIRS,), False),
    ],
)
def test_a_statement_names_its_clinic_for_all_that_it_takes(
    statement: str, values: tuple[UUID, ...], found: bool
):
    assert names(statement, values, OURS) == found
