"""Nothing of one clinic is told to another (AC-2), and nothing of anybody to a log (PH-1)."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from structlog.testing import capture_logs

from glidepath.database.embedded import APP, DISCREET, EmbeddedPostgres
from glidepath.identity import signing_in
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
