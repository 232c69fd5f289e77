"""Clinics can be spread over machines: Citus' rules hold, and what is asked often asks one clinic alone."""

from collections.abc import Callable
from typing import Final

import psycopg
import pytest

from glidepath.database.embedded import EmbeddedPostgres
from glidepath.settings import Settings
from tests.security.distribution import OF_NO_CLINIC, UNIQUE_ANYWHERE, broken_rules

pytestmark = pytest.mark.anyio


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
}


@pytest.mark.parametrize(("change", "found"), SPREAD_NO_MORE.items())
def test_what_could_not_be_spread_is_found(
    change: str, found: str, settings: Settings, postgres: EmbeddedPostgres
):
    with psycopg.connect(postgres.url("postgres", "matrix")) as admin:
        admin.execute(change.encode())
        assert found in broken_rules(admin)
        admin.rollback()
