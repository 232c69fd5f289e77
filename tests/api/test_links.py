"""Links that are used once (AU-10, AU-11), and who is told of what changed (AU-12)."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import pytest
import time_machine
from litestar import Litestar
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.database.embedded import EmbeddedPostgres
from glidepath.database.engine import Database
from glidepath.identity import link_store, links, secrets, staff_store
from glidepath.identity.models import Link
from glidepath.notify.account_words import WORDS
from glidepath.problems import Invalid
from glidepath.settings import Settings
from tests.accounts import (
    FRESH,
    accept,
    id_of,
    invite,
    member,
    secret_in,
    secret_of,
    sending,
    text_of,
)
from tests.api.test_daily_look import run_jobs
from tests.clinics import PASSPHRASE, Clinic, browser, sign_in

pytestmark = pytest.mark.anyio


async def look(client: httpx.AsyncClient, secret: str) -> httpx.Response:
    return await client.post("/api/links/look", json={"secret": secret})


async def invited(client: httpx.AsyncClient, name: str = "Nora") -> str:
    """The secret of an invitation that was shown, since no mail is sent."""
    answer = await invite(client, name)
    assert answer.status_code == 201, answer.text
    return secret_of(answer.json()["url"])


async def test_an_invitation_opens_an_account_once_and_to_look_uses_nothing_up(
    app: Litestar, colleague: httpx.AsyncClient
):
    """AU-10: a scanner that follows the link, or looks, takes nothing away."""
    secret = await invited(colleague)
    async with browser(app) as scanner, browser(app) as nora, browser(app) as thief:
        for _ in range(20):
            await scanner.get("/therapist/invited")
            seen = await look(scanner, secret)
        assert (seen.json()["email"], seen.json()["purpose"]) == (
            "nora@north.example",
            "invitation",
        )
        assert (await accept(nora, secret, "too short")).status_code == 422
        assert (await accept(nora, secret)).status_code == 200
        assert (await nora.get("/api/me")).json()["account"]["name"] == "Nora"
        for again in (await look(thief, secret), await accept(thief, secret)):
            assert (again.status_code, again.json()["code"]) == (422, "bad_link")
    assert (await member(colleague, "Nora"))["joined"]


async def test_a_link_is_bound_to_its_purpose_its_address_and_its_time_and_ends_with_a_newer_one(
    app: Litestar, colleague: httpx.AsyncClient, clinic: Clinic, database: Database
):
    """AU-10."""
    first = await invited(colleague)
    nora = await id_of(colleague, "Nora")
    second = secret_of((await colleague.post(f"/api/staff/{nora}/links", json={})).json()["url"])
    async with browser(app) as client:
        assert (await look(client, first)).json()["code"] == "bad_link"
        wrong = await client.post("/api/links/address", json={"secret": second})
        assert wrong.json()["code"] == "bad_link"
        async with database.writing(clinic.id) as session:
            await staff_store.set_email(session, nora, "other@north.example")
        assert (await look(client, second)).json()["code"] == "bad_link"
        async with database.writing(clinic.id) as session:
            await staff_store.set_email(session, nora, "nora@north.example")
        until = datetime.fromisoformat((await look(client, second)).json()["expires_at"])
        for seconds, status in ((-1, 200), (1, 422)):
            with time_machine.travel(until + timedelta(seconds=seconds), tick=False):
                assert (await look(client, second)).status_code == status
    assert until - datetime.now(UTC) <= timedelta(hours=24)
    assert links.LIFE["reset"] == timedelta(minutes=30)


Use = Callable[[AsyncSession, Link, str, datetime], Awaitable[bool]]


async def use(session: AsyncSession, link: Link, _: str, now: datetime) -> bool:
    return await link_store.use(session, link.id, now)


async def use_whole(session: AsyncSession, _: Link, secret: str, now: datetime) -> bool:
    try:
        await links.redeem(session, secret, ("reset",), now)
    except Invalid:
        return False
    return True


async def look_alone(session: AsyncSession, link: Link, _: str, now: datetime) -> bool:
    return await link_store.open_link(session, link.id, now) is not None


async def race(
    database: Database, clinic: Clinic, how: Use, rounds: int, at_once: int
) -> list[int]:
    """How many of those who redeem the same link at once, on five connections, succeed; round by round."""
    async with database.reading(clinic.id) as session:
        account = await staff_store.staff_account(session, clinic.therapist_id)
    assert account is not None
    now = datetime.now(UTC)

    async def redeem(link: Link, secret: str) -> int:
        async with database.writing(clinic.id) as session:
            return sum([await how(session, link, secret, now) for _ in range(at_once // 5)])

    successes = []
    for _ in range(rounds):
        async with database.writing(clinic.id) as session:
            link = await links.make(session, account, "reset", str(account.email), None, now)
            secret = await links.new_secret(session, link.id, now)
        assert secret is not None
        tries = (redeem(link, secret) for _ in range(5))
        successes.append(sum(await asyncio.gather(*tries)))
    return successes


async def test_of_fifty_who_use_a_link_at_once_one_succeeds_a_hundred_times_over(
    clinic: Clinic, database: Database
):
    """AU-10: whoever looks before using, which is the mutant, is let in beside others."""
    assert await race(database, clinic, use, 100, 50) == [1] * 100
    assert await race(database, clinic, use_whole, 2, 50) == [1] * 2
    assert min(await race(database, clinic, look_alone, 2, 10)) > 1


async def test_only_hashes_of_secrets_are_in_the_database(
    clinic: Clinic,
    colleague: httpx.AsyncClient,
    postgres: EmbeddedPostgres,
    database_name: str,
):
    """AU-10: of a thousand secrets none stands in any table, as text or as bytes; their hashes do."""
    made = [secrets.new_token() for _ in range(997)]
    with psycopg.connect(postgres.url("postgres", database_name), autocommit=True) as admin:
        admin.execute("alter table account_links disable trigger all")
        with admin.cursor() as cursor:
            cursor.executemany(
                "insert into account_links (clinic_id, id, account_id, purpose, address, secret_hash,"
                " created_at, expires_at) values (%s, gen_random_uuid(), %s, 'reset', 'x', %s, now(),"
                " now())",
                [(clinic.id, clinic.therapist_id, secrets.digest(one)) for one in made],
            )
        joining = await clinic.therapist.post(
            f"/api/patients/{clinic.patient_id}/invitations", json={}
        )
        long, _, code = secret_of(joining.json()["join_url"]).partition(".")
        made += [await invited(colleague), long, code]
        tables = admin.execute(
            "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = 'public'"
        ).fetchall()
        dump = "\n".join(
            str(row[0])
            for (table,) in tables
            for row in admin.execute(f"select t::text from {table} t")
        )
    assert len(made) == 1000
    for one in made:
        assert hashlib.sha256(one.encode()).hexdigest() in dump
    assert [one for one in made if one in dump or one.encode().hex() in dump] == []


async def test_a_patients_link_and_code_are_used_up_together(clinic: Clinic):
    async def made() -> tuple[str, str]:
        url = f"/api/patients/{clinic.patient_id}/invitations"
        answer = (await clinic.therapist.post(url, json={})).json()
        secret, _, code = secret_of(answer["join_url"]).partition(".")
        assert code == answer["code"]
        return secret, code

    async with browser(clinic.app) as phone:
        for first in (0, 1):
            both = await made()
            statuses = [
                (await phone.post("/api/join", json={"code": one, "locale": "en"})).status_code
                for one in (both[first], both[1 - first])
            ]
            assert statuses == [200, 422]


async def test_who_forgot_the_passphrase_gets_a_link_and_nobody_learns_who_has_an_account(
    app: Litestar,
    clinic: Clinic,
    database: Database,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
):
    """AU-4, AU-11, AU-12: one answer for all addresses; the new passphrase ends every session."""
    with sending(app, settings) as (server, mails):
        async with browser(app) as stranger:
            answers = [
                await stranger.post("/api/forgotten", json={"email": email})
                for email in ("Therapist@North.example ", "nobody@north.example")
            ]
            assert {(one.status_code, one.text) for one in answers} == {(202, answers[0].text)}
            await run_jobs(mails, database)
            (asked,) = server.taken
            assert asked.to == ["therapist@north.example"]
            secret = secret_in(asked)
            assert (await accept(stranger, secret)).status_code == 200
            assert (await stranger.get("/api/me")).status_code == 200
        assert (await clinic.therapist.get("/api/me")).status_code == 401
        await run_jobs(mails, database)
        assert server.taken[-1].to == ["therapist@north.example"]
        told = {str(one.message["Subject"]) for one in server.taken}
        assert WORDS["passphrase_changed"]["en"][0] in told
        async with browser(app) as again:
            for passphrase, status in ((PASSPHRASE, 401), (FRESH, 200)):
                body = {"email": "therapist@north.example", "passphrase": passphrase}
                assert (await again.post("/api/sign-in", json=body)).status_code == status
    assert secret not in caplog.text + "".join(capfd.readouterr())


async def test_no_more_than_three_resets_an_hour_are_mailed(
    app: Litestar, clinic: Clinic, database: Database, settings: Settings
):
    with sending(app, settings) as (server, mails):
        async with browser(app) as stranger:
            for _ in range(5):
                await stranger.post("/api/forgotten", json={"email": "therapist@north.example"})
        await run_jobs(mails, database)
        # The older of them were ended before their mails went out.
        assert 1 <= len(server.taken) <= 3
        async with browser(app) as client:
            opens = [(await look(client, secret_in(one))).status_code for one in server.taken]
        assert sorted(opens)[:1] == [200]
        assert opens.count(200) == 1


async def test_an_address_changes_when_the_new_one_says_so_and_the_old_one_is_told(
    app: Litestar, clinic: Clinic, database: Database, settings: Settings
):
    """AU-12."""
    new = "moved@elsewhere.example"
    with sending(app, settings) as (server, mails):
        asked = await clinic.therapist.post("/api/account/address", json={"email": new})
        assert asked.status_code == 202, asked.text
        await run_jobs(mails, database)
        (mail,) = server.taken
        assert mail.to == [new]
        account = await clinic.therapist.get("/api/account")
        assert account.json()["email"] == "therapist@north.example"
        async with browser(app) as anywhere:
            used = await anywhere.post("/api/links/address", json={"secret": secret_in(mail)})
            assert used.status_code == 204, used.text
        await run_jobs(mails, database)
        assert server.taken[-1].to == ["therapist@north.example"]
        assert new not in text_of(server.taken[-1])
        assert (await clinic.therapist.get("/api/account")).json()["email"] == new


async def test_without_mail_no_address_can_be_changed(clinic: Clinic):
    answer = await clinic.therapist.post("/api/account/address", json={"email": "a@b.example"})
    assert (answer.status_code, answer.json()["code"]) == (409, "mail_is_off")


async def test_a_new_passphrase_ends_the_other_sessions_and_the_owner_is_told(
    app: Litestar, clinic: Clinic, database: Database, settings: Settings
):
    """AU-12."""
    with sending(app, settings) as (server, mails):
        async with browser(app) as other:
            await sign_in(other, "therapist@north.example")
            changed = await clinic.therapist.put(
                "/api/account/passphrase", json={"passphrase": FRESH}
            )
            assert changed.status_code == 204
            assert (await other.get("/api/me")).status_code == 401
        assert (await clinic.therapist.get("/api/me")).status_code == 200
        await run_jobs(mails, database)
        # Of the sign-in elsewhere there is nothing to ask any more: it is over.
        assert [one.to for one in server.taken] == [["therapist@north.example"]]
