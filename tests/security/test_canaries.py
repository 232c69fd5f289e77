"""Nothing of one clinic is told to another (AC-2), and nothing of anybody to a log (PH-1)."""

import io
import logging
import re
import zipfile
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from glidepath.database.embedded import APP, DISCREET, EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.identity import signing_in
from glidepath.records import whole_record
from glidepath.records.columns import GIVEN, MARKS, marks, rows_of, tables_of_patients
from tests.security import matrix
from tests.security.canaries import sow
from tests.security.conftest import application, furnish, settings_on
from tests.security.matrix import ROUTES, Operation
from tests.security.rolled_back import RolledBack
from tests.security.world import World

pytestmark = pytest.mark.anyio

WORD = "canary-"
OTHERS = ("anonymous", "foreign_therapist", "foreign_admin", "disabled", "expired", "worker_token")
OWN = ("patient", "other_patient", "assigned", "admin")
A_WORD = re.compile(r"canary-[a-z_]+-[a-z_]+-\d+-end")
# What a patient of this world has nothing of; and the clinic's words that their record shows.
NO_ROW = {"account_links.address", "accounts.email"}
CLINICS_OWN = ("clinics-name", "exercises-custom")
# Whom the patient knows by name: who wrote to them, and what else they are shown with a name.
SHOWN = text(
    "select name from accounts where role <> 'patient' and id in ("
    " select author_id from messages where patient_id = :patient"
    " union select read_by from messages where patient_id = :patient"
    " union select by from message_deeds where patient_id = :patient"
    " union select p.by from episode_pauses p where p.patient_id = :patient)"
)


def subjects(place: str) -> list[str]:
    """Columns of the place's table that are the subject's."""
    return marks()[place.split(".", maxsplit=1)[0]].columns("subject")


# Kept where no answer shows it: for a link and for a push service.
NOT_SHOWN = {"account_links.address", "push_subscriptions.endpoint"}


@pytest.fixture(scope="module")
async def sown(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[World, RolledBack, dict[str, list[str]]]]:
    """A world whose first clinic has a canary wherever anybody writes."""
    settings = settings_on(postgres, "canaries")
    app = application(settings, tmp_path_factory.mktemp("web"))
    async with furnish(app, settings) as (made, database):
        with psycopg.connect(postgres.url("postgres", "canaries"), autocommit=True) as admin:
            words = sow(admin, made.clinic.id)
        yield made, database, words


async def said(world: World, database: RolledBack, actors: tuple[str, ...]) -> str:
    """Everything that these are answered to everything that can be asked."""
    found = []
    for operation in matrix.operations(world.app):
        # A stream names ids alone; and who has what opens a door is let in as whose it is.
        opens_a_door = ROUTES[operation.key] == "anybody" and operation.method == "POST"
        if operation.name == "getLive" or opens_a_door:
            continue
        for who in actors:
            answer = await matrix.ask(world, database, operation, who)
            found.append(f"{answer.headers} {answer.text}")
    return "\n".join(found)


async def test_nobody_else_reads_a_word_of_a_clinic_and_its_own_people_do(
    sown: tuple[World, RolledBack, dict[str, list[str]]], report: object
):
    world, database, words = sown
    assert sum(map(len, words.values())) >= 40
    assert WORD not in await said(world, database, OTHERS)
    own = await said(world, database, OWN)
    unseen = {place for place, each in words.items() if not any(word in own for word in each)}
    assert unseen == NOT_SHOWN


async def sown_in_rows(
    session: AsyncSession, patient_id: UUID, *marks_wanted: str
) -> dict[str, set[str]]:
    """The words in a patient's rows, of columns with these marks, by their places."""
    found = defaultdict[str, set[str]](set)
    for table in tables_of_patients():
        for name in marks()[table.name].columns(*marks_wanted):
            theirs = select(table.c[name]).where(rows_of(table, patient_id))
            for value in (await session.execute(theirs)).scalars():
                found[f"{table.name}.{name}"] |= set(A_WORD.findall(str(value)))
    return found


async def test_the_export_of_a_patient_holds_every_word_of_theirs_and_none_of_anybody_else(
    sown: tuple[World, RolledBack, dict[str, list[str]]], postgres: EmbeddedPostgres
):
    """PR-1: of each column that is marked as the subject's; names of colleagues as far as they were shown."""
    world, _, words = sown
    database = Database(postgres.url(APP, "canaries"), pool_size=1)
    patient_id, now = world.clinic.patient_id, datetime.now(UTC)
    async with database.snapshot(world.clinic.id) as session:
        content, _ = await whole_record.made(session, patient_id, now)
        theirs = await sown_in_rows(session, patient_id, *GIVEN)
        others = await sown_in_rows(session, world.accounts["other_patient"], *MARKS)
        kept_back = await sown_in_rows(session, patient_id, *set(MARKS) - set(GIVEN))
        shown = (await session.execute(SHOWN, {"patient": patient_id})).scalars().all()
    await database.close()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        said = b"".join(map(archive.read, archive.namelist())).decode()
    found = set(A_WORD.findall(said))
    must = set().union(*theirs.values())
    assert must <= found
    sown_places = {place for place in words if place.split(".")[1] in subjects(place)}
    assert sown_places - {place for place, each in theirs.items() if each} == NO_ROW
    assert found & set().union(*others.values(), *kept_back.values()) == set()
    assert {f"canary-{one}" for one in CLINICS_OWN} >= {
        word.rsplit("-", 2)[0] for word in found - must - set(shown)
    }
    assert set(shown) <= found


def written(postgres: EmbeddedPostgres) -> str:
    """PostgreSQL's own log."""
    return Path(postgres._server.log).read_text(encoding="utf-8", errors="replace")


def violate(url: str, clinic_id: object, word: str) -> None:
    """What PostgreSQL would tell with its values: a row that cannot be."""
    row = (
        "insert into accounts (clinic_id, id, role, name, locale, created_at)"
        " values (%(clinic)s, gen_random_uuid(), 'nobody', %(word)s, 'en', now())"
    )
    with psycopg.connect(url) as connection:
        connection.execute("select set_config('app.clinic_id', %s, false)", [str(clinic_id)])
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(row, {"clinic": clinic_id, "word": word})


async def test_no_log_has_a_word_of_anybody_not_even_the_databases(
    sown: tuple[World, RolledBack, dict[str, list[str]]],
    postgres: EmbeddedPostgres,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
):
    world, database, _ = sown
    url, spoken = postgres.url(APP, "canaries"), WORD + "spoken-end"
    before = len(written(postgres))

    async def fail(*_: object) -> None:
        raise ValueError(spoken)

    with capture_logs() as lines, caplog.at_level(logging.DEBUG):
        await said(world, database, OWN)
        violate(url, world.clinic.id, spoken)
        monkeypatch.setattr(signing_in, "me", fail)
        answer = await matrix.ask(world, database, Operation("GET", "/api/me", "getMe"), "assigned")
    assert answer.status_code == 500
    assert [line for line in lines if line["event"] == "unexpected"]
    assert WORD not in str(lines) + caplog.text + answer.text
    told = written(postgres)[before:]
    assert "violates check constraint" in told
    assert WORD not in told


async def test_a_server_that_tells_all_it_knows_is_caught(
    sown: tuple[World, RolledBack, dict[str, list[str]]], postgres: EmbeddedPostgres
):
    telling = {"log_error_verbosity": "default", "log_parameter_max_length_on_error": "-1"}
    with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as admin:
        for settings in (telling, {name: DISCREET[name] for name in telling}):
            for name, value in settings.items():
                admin.execute(f"alter role {APP} set {name} = '{value}'".encode())
            if settings is telling:
                violate(postgres.url(APP, "canaries"), sown[0].clinic.id, WORD + "told-end")
    assert WORD + "told-end" in written(postgres)
