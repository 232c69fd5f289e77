"""Of who was erased nothing is left but ids, and nobody else loses a row (PR-2); no table is forgotten."""

import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
import psycopg
import pytest
from psycopg import sql
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from glidepath.audit import verifying
from glidepath.audit.keys import key_of
from glidepath.database import encryption
from glidepath.database.embedded import APP, OWNER, EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.records import erasing
from glidepath.records.columns import tables_of_patients
from glidepath.settings import Settings
from tests.dumps import dump
from tests.security.canaries import FORMS, OBJECTS, columns, sow
from tests.security.conftest import application, furnish, settings_on
from tests.security.one_of_each import fill

pytestmark = pytest.mark.anyio

WORD: Final = re.compile(r"canary-[a-z0-9_-]+?-end")
# Where the id of an erased patient stays, and what the erasure itself adds.
KEPT: Final = {"audit_events", "audit_heads", "erased_accounts", "erased_sign_ins"}
# Ways in that patients do not have.
OF_STAFF: Final = {"account_links", "authenticators", "recovery_codes"}
OF_PATIENTS: Final = {one.name for one in tables_of_patients()} - KEPT - OF_STAFF | {"challenges"}
# With files of all patients at once, which go with the first of them who is erased.
OF_ALL: Final = ("exports", "export_files")
# A table and a row of it as JSON.
Row = tuple[str, str]


@dataclass(frozen=True)
class Sown:
    """A world in a database to copy: a patient with a row wherever there can be one, a readable canary in each text,
    and an erasure that is due."""

    clinic_id: UUID
    patient_id: UUID
    # Of records of all patients as files: sealed, so that nobody finds the patient in them by a word.
    bulk_id: str
    settings: Settings


@pytest.fixture(scope="module")
async def sown(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Sown]:
    settings, folder = settings_on(postgres, "sown"), tmp_path_factory.mktemp("web")
    async with furnish(application(settings, folder), settings) as (made, _):
        clinic, by = made.clinic, made.accounts["admin"]
        ids = {
            name: made.ids[name] for name in ("episode_id", "alert_id", "message_id", "delivery_id")
        }
    with psycopg.connect(postgres.url("postgres", "sown"), autocommit=True) as admin:
        plan(admin, clinic.id, clinic.patient_id, by)
        admin.execute(
            "update deliveries set cause = 'raised', alert_id = %(alert_id)s, alert_version = 1, link_id = null,"
            " device_id = null where id = %(delivery_id)s",
            ids,
        )
        named = {name for name, _ in of_patient(rows(admin), clinic.patient_id)}
        whose = dict.fromkeys(("patient_id", "account_id"), str(clinic.patient_id))
        fill(
            admin,
            sorted(OF_PATIENTS - named),
            {"clinic_id": str(clinic.id), "by": str(by), **whose, **ids},
        )
        admin.execute(
            "update erasure_holds set lifted_at = now(), lifted_by = set_by, lifted_why = 'x'"
        )
        write_everywhere(admin)
        sow(admin, clinic.id, sealed=False)
    yield Sown(clinic.id, clinic.patient_id, made.ids["bulk_id"], settings)
    postgres.drop("sown")


def plan(admin: psycopg.Connection[Any], clinic_id: UUID, patient_id: UUID, by: UUID) -> None:
    """As an admin did a week ago, past the rule that nobody plans into the past."""
    admin.execute("set session_replication_role = replica")
    admin.execute(
        "insert into erasures select %s, gen_random_uuid(), %s, 'x', now() - interval '8 days', %s,"
        " now() - interval '1 day', null, null",
        [clinic_id, patient_id, by],
    )


def write_everywhere(admin: psycopg.Connection[Any]) -> None:
    """Also where nobody wrote anything, as far as the checks allow it."""
    for place in columns().keys() - FORMS.keys() - set(OBJECTS):
        table, column = map(sql.Identifier, place.split("."))
        with suppress(psycopg.errors.CheckViolation):
            admin.execute(
                sql.SQL("update {0} set {1} = 'x' where {1} is null").format(table, column)
            )


@contextmanager
def copied(
    postgres: EmbeddedPostgres, sown: Sown, folder: Path
) -> Iterator[tuple[Settings, psycopg.Connection[Any]]]:
    """The world in a database of its own, and who may change its schema."""
    postgres.create("erased", template="sown")
    settings = msgspec.structs.replace(
        sown.settings,
        database_url=postgres.url(APP, "erased"),
        owner_database_url=postgres.url(OWNER, "erased"),
        erasure_list=folder / "erasures.jsonl",
    )
    encryption.use(settings)
    try:
        with psycopg.connect(postgres.url("postgres", "erased"), autocommit=True) as admin:
            yield settings, admin
    finally:
        postgres.drop("erased")


def rows(admin: psycopg.Connection[Any]) -> Counter[Row]:
    """All there is."""
    names = admin.execute(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    ).fetchall()
    found = Counter[Row]()
    for (name,) in names:
        told = admin.execute(
            sql.SQL("select to_jsonb(t)::text from {} t").format(sql.Identifier(name))
        )
        found.update((name, row) for (row,) in told)
    return found


def of_patient(everything: Mapping[Row, int], patient_id: UUID) -> set[Row]:
    """What names the patient, or something of the patient's that has an id: found without the schema's keys."""
    names, found, left = (
        {str(patient_id)},
        set[Row](),
        {row for row in everything if row[0] not in KEPT},
    )
    while more := {row for row in left if any(one in row[1] for one in names)}:
        found, left = found | more, left - more
        names |= {name for table, row in more if (name := _name(table, json.loads(row)))}
    return found


def _name(table: str, row: dict[str, Any]) -> str | None:
    """How others name a row, if they do; the queue counts its own."""
    if table == "procrastinate_jobs":
        return f'"job_id": {row["id"]}}}'
    return row.get("id") if table != "procrastinate_events" else None


def of_all(everything: Mapping[Row, int], bulk_id: str) -> set[Row]:
    """The export of all patients, with its files."""
    return {row for row in everything if row[0] in OF_ALL and bulk_id in row[1]}


def words(text: str) -> set[str]:
    return set(WORD.findall(text))


async def erase(settings: Settings) -> int:
    assert settings.database_url is not None
    database = Database(settings.database_url, pool_size=2)
    try:
        return await erasing.erase_due(database, settings, datetime.now(UTC))
    finally:
        await database.close()


def left_over(before: Counter[Row], after: Counter[Row], patient_id: UUID) -> set[str]:
    """The tables in which something is left of the patient, or somebody else's is gone or changed."""
    expected = before - Counter({row: before[row] for row in of_patient(before, patient_id)})
    wrong = (expected - after) + (after - expected)
    return {name for name, _ in wrong if name not in KEPT}


async def test_of_who_was_erased_no_word_is_left_and_of_others_every_row(
    sown: Sown, postgres: EmbeddedPostgres, tmp_path: Path, report: Callable[[str], None]
):
    """PR-2."""
    with copied(postgres, sown, tmp_path) as (settings, admin):
        before = rows(admin)
        theirs = of_patient(before, sown.patient_id)
        named = {name for name, _ in theirs}
        assert {"procrastinate_jobs", "challenges"} < named
        canaries = words(str(theirs)) - words(str(set(before) - theirs))
        assert len(canaries) >= 25
        assert canaries < words(dump(postgres.url("postgres", "erased"), "--data-only"))
        with capture_logs() as lines:
            assert await erase(settings) == 1
        after, files = rows(admin), (tmp_path / "erasures.jsonl").read_text()
        ((name, gone),) = of_all(after, sown.bulk_id)
        assert (name, json.loads(gone)["state"], json.loads(gone)["key"]) == (
            "exports",
            "gone",
            None,
        )
        for everything in (before, after):
            for row in of_all(everything, sown.bulk_id):
                del everything[row]
        assert left_over(before, after, sown.patient_id) == set()
        said = dump(postgres.url("postgres", "erased"), "--data-only") + files + str(lines)
        assert words(said) & canaries == set()
        # The skeleton: ids on the trail, which hangs together, and that there was somebody.
        kept = {name for name, row in after if str(sown.patient_id) in row}
        assert kept == {"audit_events", "erased_accounts"}
        assert settings.database_url is not None
        database = Database(settings.database_url, pool_size=1)
        verdicts = await verifying.verify(database, key_of(settings), {})
        await database.close()
        assert [one.bad for one in verdicts if one.clinic_id == sown.clinic_id] == [None]
    report(
        f"PR-2: {len(theirs)} rows in {len(named)} tables erased, 0 of {len(canaries)} canaries left, "
        f"{sum(before.values()) - len(theirs)} rows of others untouched"
    )


def test_the_patient_has_a_row_in_each_table_that_holds_some(
    sown: Sown, postgres: EmbeddedPostgres, tmp_path: Path
):
    """PR-2: so that a new table with a patient in it is not forgotten; that it says so holds PR-1."""
    with copied(postgres, sown, tmp_path) as (_, admin):
        named = {name for name, _ in of_patient(rows(admin), sown.patient_id)}
    assert named - {"procrastinate_jobs", "procrastinate_events"} == OF_PATIENTS


# What is left out, and where that shows; or the database itself refuses, since something hangs there yet.
FORGET: Final = {
    "alter table messages drop constraint fk_messages_clinic_id_patient_id": "messages",
    "alter table diary_summaries drop constraint fk_diary_summaries_clinic_id_episode_id": "diary_summaries",
    "drop policy erasure on procrastinate_jobs": "procrastinate_jobs",
    "drop policy erasure on check_ins": None,
}


@pytest.mark.parametrize("forget", FORGET)
async def test_an_erasure_that_forgets_a_table_is_caught(
    forget: str, sown: Sown, postgres: EmbeddedPostgres, tmp_path: Path
):
    """PR-2: the mutants."""
    with copied(postgres, sown, tmp_path) as (settings, admin):
        admin.execute(forget.encode())
        before = rows(admin)
        if FORGET[forget] is None:
            with pytest.raises(DBAPIError, match="violates foreign key"):
                await erase(settings)
            assert rows(admin) == before
            assert not settings.erasure_list.exists()  # type: ignore[union-attr]
        else:
            assert await erase(settings) == 1
            assert FORGET[forget] in left_over(before, rows(admin), sown.patient_id)
