"""Every operation for every actor (AC-1), and what becomes of it without its guards (AC-1m)."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from litestar import Litestar

from glidepath.app import create_app
from glidepath.database.embedded import APP, EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.identity.models import ROLES
from glidepath.settings import Settings, load_settings
from tests.conftest import TEMPLATE
from tests.push_service import VAPID_KEY
from tests.security import matrix
from tests.security.guards import BEHIND, GUARDS
from tests.security.matrix import ACTORS, ANSWERS, ROUTES, Operation
from tests.security.rolled_back import RolledBack
from tests.security.world import OPERATIONS_TOKEN, World, world

pytestmark = pytest.mark.anyio
# An actor who does not exist yet; `test_every_actor_is_there` fails on the day that they do.
TO_COME = "operator"


@pytest.fixture(scope="module")
def settings(postgres: EmbeddedPostgres) -> Settings:
    postgres.create("matrix", template=TEMPLATE)
    return load_settings(
        {
            "GLIDEPATH_DATABASE_URL": postgres.url(APP, "matrix"),
            "GLIDEPATH_BASE_URL": "https://glidepath.example",
            "GLIDEPATH_OPERATIONS_TOKEN": OPERATIONS_TOKEN,
            "GLIDEPATH_VAPID_KEY": VAPID_KEY,
            "GLIDEPATH_AUDIT_KEY": "5e" * 32,
            "GLIDEPATH_SMTP_URL": "smtp://127.0.0.1:9",
            "GLIDEPATH_MAIL_FROM": "Glidepath <no-reply@glidepath.example>",
        }
    )


@pytest.fixture(scope="module")
def app(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Litestar:
    web: Path = tmp_path_factory.mktemp("web")
    (web / "index.html").write_text("Glidepath")
    return create_app(settings, web)


@pytest.fixture(scope="module")
def live(app: Litestar) -> dict[str, Operation]:
    return {operation.key: operation for operation in matrix.operations(app)}


@pytest.fixture(scope="module")
async def furnished(app: Litestar, settings: Settings) -> AsyncIterator[tuple[World, RolledBack]]:
    """Made once; whatever is asked of it afterwards is taken back."""
    assert settings.database_url is not None
    opened = Database(settings.database_url, pool_size=5)
    app.state.database = opened
    async with world(app, opened) as made:
        app.state.database = database = RolledBack(settings.database_url, pool_size=1)
        yield made, database
        await database.close()
    await opened.close()


def test_every_route_has_its_row_and_every_row_its_route(live: dict[str, Operation]):
    assert set(ROUTES) == set(live)
    assert set(ROUTES.values()) == set(ANSWERS) == set(BEHIND)
    assert {len(row) for row in ANSWERS.values()} == {len(ACTORS)} == {12}


async def test_every_actor_is_there(furnished: tuple[World, RolledBack]):
    made, _ = furnished
    assert set(made.actors) == set(ACTORS) - {TO_COME}
    assert TO_COME not in ROLES, "There is one now: let the matrix ask as them."


@pytest.mark.parametrize("route", ROUTES)
async def test_everybody_gets_what_is_theirs_and_no_more(
    route: str, live: dict[str, Operation], furnished: tuple[World, RolledBack]
):
    expected = matrix.expected(live[route])
    found = await matrix.answers(*furnished, live[route])
    assert found == {who: expected[who] for who in found}


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
    assert found != {who: expected[who] for who in found}


def test_every_guard_is_removed_somewhere(report: Callable[[str], None]):
    assert {guard for _, guard in MUTANTS} == set(GUARDS)
    report(f"AC-1: {len(ROUTES)} routes x {len(ACTORS) - 1} actors; {len(MUTANTS)} guards (AC-1m)")
