"""A PostgreSQL that one module has for itself, since it is stopped, filled or broken there.

A module takes all of these fixtures in place of those of every other test.
"""

from collections.abc import Iterator

import pytest
from litestar import Litestar

from glidepath.app import create_app
from glidepath.database.embedded import EmbeddedPostgres
from glidepath.settings import load_settings
from tests.api.conftest import Furnisher
from tests.conftest import TEMPLATE, running
from tests.databases import Slate


@pytest.fixture(scope="module")
def postgres() -> Iterator[EmbeddedPostgres]:
    with running() as server:
        yield server


@pytest.fixture(scope="module")
def slate(postgres: EmbeddedPostgres) -> Iterator[Slate]:
    made = Slate(postgres, TEMPLATE)
    yield made
    made.close()


@pytest.fixture(scope="module")
def furnisher(slate: Slate) -> Furnisher:
    return Furnisher(slate)


@pytest.fixture(scope="module")
def built(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Litestar:
    settings = load_settings(
        {
            "GLIDEPATH_DATABASE_URL": postgres.url(),
            "GLIDEPATH_AUDIT_KEY": "5e" * 32,
            "GLIDEPATH_FIELD_KEYS": "7c" * 32,
        }
    )
    return create_app(settings, web=tmp_path_factory.mktemp("web"))
