"""What people write is sealed in the database, and sealed anew when a key is."""

import re
from datetime import UTC, datetime
from typing import Any

import msgspec
import psycopg
import pytest
from sqlalchemy import Text, select, text

from glidepath.database import encryption, resealing
from glidepath.database.base import Base
from glidepath.database.encryption import Keyring
from glidepath.database.engine import Database
from glidepath.database.tables import import_all_tables
from glidepath.diary.models import CheckIn
from glidepath.settings import Settings
from tests.api.test_assessments import findings, record
from tests.api.test_proposals import dismiss, log, progress, proposals
from tests.api.test_threads import send, written
from tests.clinics import Clinic, check_in, handle, next_plan, stretch, sync

pytestmark = pytest.mark.anyio

OLD, NEW = b"\x01" * 32, b"\x02" * 32
# Columns of text that are not sealed. A word of ours, out of a list that a check holds it to, or made from
# one; a name, an address or a zone, by which people are found and told apart; the clinic's own words.
NOT_SEALED = {
    "a word of ours": re.compile(
        r"\.(role|kind|state|condition|side|place|locale|cause|channel|code|outcome|because|level|why"
        r"|severity|measure|occasion|detector_version|before|after|gone_why|stopped_early|on_nerve_flag|purpose|what"
        r"|action|deed|scope|failure|pain|nerve|key|country|licence|given_by|how)$|^episode_events.reason$"
    ),
    "who and where": re.compile(
        r"\.(name|email|address|replaced|timezone|zone|label|endpoint|url|to|subject)$"
    ),
    "what a file is recognised by": re.compile(r"^diary_imports.sha256$"),
    "the clinic's own words, and mails that say nothing of anybody": re.compile(
        r"^(message_templates.e[ns]|plan_templates.note|kept_mails.text|accounts.passphrase_hash)$"
    ),
}


async def say(clinic: Clinic, texts: list[str]) -> None:
    """One of them wherever people write freely."""
    await sync(clinic, check_in(red_flags=["both_legs"], note=texts[0]))
    await send(clinic, written(texts[1]))
    assert (await record(clinic, findings(note=texts[2]))).is_success
    page = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).json()
    done = await handle(clinic.therapist, page["alerts"][0], "resolve", note=texts[3])
    assert done.is_success
    episode = f"/api/episodes/{clinic.episode_id}"
    for path, body in (
        ("plan-versions", next_plan(stretch(), note=texts[4])),
        ("screenings", {"version": 1, "answers": {}, "note": texts[5]}),
    ):
        new = "01900000-0000-7000-8000-000000000001"
        answer = await clinic.therapist.put(f"{episode}/{path}/{new}", json=body)
        assert answer.is_success, answer.text
    ends = {"ended_on": str(datetime.now(UTC).date()), "reason": "other", "note": texts[6]}
    answer = await clinic.therapist.post(f"{episode}/discharge", json={**ends, "alerts": []})
    assert answer.is_success, answer.text


def everything(url: str) -> str:
    """Each row of each table, as the database has it."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
        ).fetchall()
        rows = [
            connection.execute(f'select t::text from "{name}" t').fetchall() for (name,) in tables
        ]
    return "\n".join(row for table in rows for (row,) in table)


async def test_no_row_of_the_database_has_a_word_of_what_was_written(
    clinic: Clinic, admin_url: str
):
    texts = [f"canary-{number} tingles" for number in range(7)]
    await say(clinic, texts)
    held = everything(admin_url)
    assert clinic.patient_id.hex[:8] in held
    assert [one for one in texts if one in held] == []
    page = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}")).text
    entries = (await clinic.therapist.get(f"/api/patients/{clinic.patient_id}/entries")).text
    # And all of them are read as before by whom they were written for.
    assert [one for one in texts if one not in page + entries] == []


async def test_a_proposals_reason_is_sealed_too(clinic: Clinic, admin_url: str):
    await progress(clinic)
    await log(clinic, *range(7))
    (found,) = await proposals(clinic)
    assert (await dismiss(clinic, found["id"], "a canary of reason")).is_success
    assert "a canary of reason" not in everything(admin_url)
    assert (await proposals(clinic))[0]["reason"] == "a canary of reason"


@pytest.fixture
def admin_url(postgres: Any, database_name: str) -> str:
    url: str = postgres.url("postgres", database_name)
    return url


def test_every_column_of_text_is_sealed_or_has_its_reason():
    import_all_tables()
    open_ones = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Text)
    }
    assert {
        name for name in open_ones if not any(why.search(name) for why in NOT_SEALED.values())
    } == set()


async def test_another_key_seals_from_now_on_and_rotating_leaves_the_old_one_nothing(
    clinic: Clinic, database: Database, settings: Settings
):
    assert settings.owner_database_url is not None
    older, newer = Keyring([OLD]), Keyring([NEW, OLD])

    def keys(*raw: bytes) -> Settings:
        return msgspec.structs.replace(settings, field_keys=" ".join(key.hex() for key in raw))

    encryption.use(keys(OLD))
    await sync(clinic, check_in(note="sealed by the old key"))
    async with database.writing(clinic.id) as session:
        # As it was before there were keys.
        await session.execute(_plain("written in plain"))
    encryption.use(keys(NEW, OLD))
    await sync(clinic, check_in(note="sealed by the new key"))
    owner = settings.owner_database_url
    assert resealing.status(owner) == {older.first: 1, newer.first: 1, "": 1}
    assert sum(resealing.reseal(owner, newer)) == 2
    assert sum(resealing.reseal(owner, newer)) == 0
    assert resealing.status(owner) == {newer.first: 3}
    encryption.use(keys(NEW))
    async with database.reading(clinic.id) as session:
        notes = set((await session.execute(select(CheckIn.note))).scalars())
    assert notes == {"sealed by the old key", "written in plain", "sealed by the new key"}


def _plain(note: str) -> Any:
    return text(
        "insert into check_ins select (jsonb_populate_record(c, jsonb_build_object("
        "'id', gen_random_uuid(), 'note', cast(:note as text)))).* from check_ins c limit 1"
    ).bindparams(note=note)


def test_every_table_with_sealed_texts_shows_them_to_who_seals_anew(settings: Settings):
    """Else a key that was replaced would be thrown away while something needs it yet."""
    sealed = {one.table for one in resealing.places()}
    assert settings.owner_database_url is not None
    with psycopg.connect(settings.owner_database_url) as owner:
        told = owner.execute(
            "select tablename, qual from pg_policies where policyname = 'reseal' and cmd = 'ALL'"
        ).fetchall()
    as_they_ask = "(current_setting('app.reseal'::text, true) = 'on'::text)"
    assert {table for table, qual in told if qual == as_they_ask} == sealed
