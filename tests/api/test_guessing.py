"""Guessing is bounded per account, for whoever is there and whoever is not (AU-2 to AU-7)."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import time_machine
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type
from litestar import Litestar
from sqlalchemy import text

from glidepath.database.engine import Database
from glidepath.identity import cookies, secrets, throttle
from glidepath.problems import Busy, SignedOut, TriedTooOften
from glidepath.server import configured
from glidepath.settings import Settings
from tests.clinics import PASSPHRASE, Clinic, browser

pytestmark = pytest.mark.anyio
THERAPIST = "therapist@north.example"
NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


@pytest.fixture
async def stranger(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app) as client:
        yield client


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """An entry for each passphrase that is hashed; none takes its time."""
    seen = list[bool]()

    async def matches(passphrase: str, stored: str | None, *, known: bool = False) -> bool:
        seen.append(known)
        await asyncio.sleep(0.01)
        return stored is not None and passphrase == PASSPHRASE

    monkeypatch.setattr(secrets, "passphrase_matches", matches)
    return seen


async def sign_in(
    client: httpx.AsyncClient, email: str = THERAPIST, passphrase: str = "wrong", **headers: str
) -> httpx.Response:
    body = {"email": email, "passphrase": passphrase}
    return await client.post("/api/sign-in", json=body, headers=headers)


async def tried(database: Database, budget: throttle.Budget, now: datetime) -> bool:
    """Whether a wrong guess was looked at."""
    looked_at = False
    with contextlib.suppress(TriedTooOften, SignedOut):
        async with throttle.guess(database, budget, now):
            looked_at = True
            raise SignedOut("wrong")
    return looked_at


async def test_of_two_hundred_guesses_at_once_five_are_looked_at(
    clinic: Clinic, stranger: httpx.AsyncClient, hashed: list[bool]
):
    """AU-5"""
    answers = await asyncio.gather(*(sign_in(stranger) for _ in range(200)))
    statuses = [answer.status_code for answer in answers]
    # On a busy machine some are told no more than to come again, the first of them too.
    assert 0 < statuses.count(401) == len(hashed) <= 5
    assert set(statuses) <= {401, 429, 503}
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json()["code"] == "tried_too_often"
    # The last of them had asked before the one was counted that it waits for.
    assert 0 < int(refused.headers["retry-after"]) <= 40
    assert "second" in refused.json()["detail"]


async def test_without_writing_the_guess_down_first_a_burst_would_be_looked_at_whole(
    clinic: Clinic,
    stranger: httpx.AsyncClient,
    hashed: list[bool],
    monkeypatch: pytest.MonkeyPatch,
):
    """AU-5, its mutant: counting only what turned out wrong."""
    real = throttle._reserve

    async def looks_only(session: Any, budget: Any, now: Any) -> Any:
        before, counted = await real(session, budget, now)
        await throttle._keep(session, budget, before)
        return before, counted

    monkeypatch.setattr(throttle, "_reserve", looks_only)
    await asyncio.gather(*(sign_in(stranger) for _ in range(20)))
    assert len(hashed) > 5


async def test_the_right_passphrase_waits_too_and_opens_when_the_time_has_come(
    clinic: Clinic, stranger: httpx.AsyncClient, hashed: list[bool]
):
    for _ in range(5):
        assert (await sign_in(stranger)).status_code == 401
    refused = await sign_in(stranger, passphrase=PASSPHRASE)
    assert refused.status_code == 429
    wait = timedelta(seconds=int(refused.headers["retry-after"]))
    with time_machine.travel(datetime.now(UTC) + wait):
        assert (await sign_in(stranger, passphrase=PASSPHRASE)).status_code == 200
        # It cost nothing: the next is as free as this one was.
        assert (await sign_in(stranger, passphrase=PASSPHRASE)).status_code == 200


async def test_whoever_signs_in_all_day_long_is_never_asked_to_wait(
    clinic: Clinic, stranger: httpx.AsyncClient, hashed: list[bool], database: Database
):
    for _ in range(12):
        stranger.cookies.clear()
        assert (await sign_in(stranger, passphrase=PASSPHRASE)).status_code == 200
    async with database.reading() as session:
        assert (await session.execute(text("select count(*) from guess_counts"))).scalar() == 0


async def test_counts_are_one_for_all_workers_and_outlive_them(
    database: Database, settings: Settings
):
    """AU-5: what a process counted, another one goes on from."""
    budget = throttle.of_account("Anybody@North.example ")
    assert settings.database_url is not None
    others = [Database(settings.database_url, pool_size=2) for _ in range(3)]
    try:
        looked_at = [await tried(one, budget, NOW) for one in (database, *others, *others)]
    finally:
        for one in others:
            await one.close()
    assert looked_at == [True] * 5 + [False] * 2
    same = throttle.of_account("anybody@north.example")
    assert not await tried(database, same, NOW + timedelta(seconds=29))
    assert await tried(database, same, NOW + timedelta(seconds=30))
    assert await tried(database, throttle.of_account("another@north.example"), NOW)


async def test_who_could_not_be_looked_at_lost_nothing(database: Database):
    budget = throttle.of_account("anybody@north.example")
    for _ in range(9):
        with pytest.raises(Busy):
            async with throttle.guess(database, budget, NOW):
                raise Busy
    assert await tried(database, budget, NOW)


async def test_who_hangs_up_before_the_answer_has_guessed_all_the_same(database: Database):
    budget = throttle.of_account("anybody@north.example")
    for _ in range(5):
        with pytest.raises(asyncio.CancelledError):
            async with throttle.guess(database, budget, NOW):
                raise asyncio.CancelledError
    assert not await tried(database, budget, NOW)


async def test_counts_that_say_nothing_any_more_are_swept(database: Database):
    long_ago = datetime.now(UTC) - timedelta(days=2)
    for one in range(30):
        assert await tried(database, throttle.of_account(f"{one}@north.example"), long_ago)
    assert await tried(database, throttle.of_account("last@north.example"), datetime.now(UTC))
    left = "select count(*) from guess_counts where true"
    async with database.writing() as session:
        await session.execute(text("select set_config('app.key', 'guess:none', true)"))
        assert (await session.execute(text(left))).scalar() == 0


async def test_nobody_reads_or_resets_the_count_of_another(database: Database):
    budget = throttle.of_account("anybody@north.example")
    assert await tried(database, budget, datetime.now(UTC))
    async with database.writing() as session:
        for deed in (
            "update guess_counts set run = 0 returning 1",
            "delete from guess_counts returning 1",
            "select 1 from guess_counts",
        ):
            assert (await session.execute(text(deed))).all() == []


async def test_an_address_of_nobody_is_answered_in_every_step_like_one_of_somebody(
    clinic: Clinic, stranger: httpx.AsyncClient, hashed: list[bool]
):
    """AU-4: status, body, headers, hashes and waits are the same."""

    async def answers(email: str) -> list[tuple[Any, ...]]:
        found = []
        for _ in range(7):
            before = len(hashed)
            answer = await sign_in(stranger, email)
            headers = {name: value for name, value in answer.headers.items() if name != "date"}
            found.append((answer.status_code, answer.json(), headers, len(hashed) - before))
        return found

    with time_machine.travel(NOW, tick=False):
        known, unknown = await answers(THERAPIST), await answers("nobody@north.example")
    assert known == unknown
    assert [one[0] for one in known] == [401] * 5 + [429] * 2
    assert [one[3] for one in known] == [1] * 5 + [0] * 2


async def test_a_waiting_room_shares_its_guesses_at_codes_and_nobody_else_is_kept_out(
    clinic: Clinic, app: Litestar
):
    def at(address: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=app, client=(address, 1))  # type: ignore[arg-type]
        headers = {"sec-fetch-site": "same-origin"}
        return httpx.AsyncClient(
            transport=transport, base_url="https://glidepath.example", headers=headers
        )

    async def join(client: httpx.AsyncClient, code: str) -> int:
        answer = await client.post("/api/join", json={"code": code, "locale": "en"})
        return answer.status_code

    invited = await clinic.therapist.post(f"/api/patients/{clinic.patient_id}/invitations", json={})
    async with at("198.51.100.7") as room, at("203.0.113.9") as elsewhere:
        statuses = [await join(room, "ZZZZZZ") for _ in range(21)]
        assert statuses == [422] * 20 + [429]
        # Six words come from the same network, and are kept back as softly.
        words = await room.post("/api/phrase-sign-in", json={"phrase": "one two"})
        assert (words.status_code, int(words.headers["retry-after"]) <= 15) == (429, True)
        assert await join(elsewhere, invited.json()["code"]) == 200


async def test_neither_a_phrase_nor_a_passkey_hears_of_guesses_at_an_account(
    clinic: Clinic, stranger: httpx.AsyncClient, hashed: list[bool]
):
    """AU-6"""
    phrase = (await clinic.patient.post("/api/phrase", json={})).json()["phrase"]
    for _ in range(8):
        await sign_in(stranger)
    assert (await sign_in(stranger)).status_code == 429
    options = await stranger.post("/api/passkey-sign-in/options", json={})
    assert options.status_code == 201
    opened = await stranger.post("/api/phrase-sign-in", json={"phrase": phrase})
    assert opened.status_code == 200


HEADERS = [
    {"x-forwarded-for": "203.0.113.{n}"},
    {"x-real-ip": "203.0.113.{n}"},
    {"forwarded": "for=203.0.113.{n};host=evil.example;proto=http"},
    {"x-forwarded-host": "evil-{n}.example"},
    {"host": "evil-{n}.example"},
    {"x-forwarded-for": "203.0.113.{n}", "via": "1.1 evil", "cf-connecting-ip": "203.0.113.{n}"},
]


@pytest.mark.parametrize("spoofed", HEADERS, ids="+".join)
async def test_headers_that_anybody_can_write_buy_no_guess_and_no_link(
    clinic: Clinic, app: Litestar, hashed: list[bool], spoofed: dict[str, str]
):
    """AU-7: asked as the server is configured, by a client that is no front of ours."""
    served = configured(app, trusted_proxies="10.0.0.5")
    served.load()
    transport = httpx.ASGITransport(app=served.loaded_app, client=("198.51.100.7", 1))
    async with httpx.AsyncClient(
        transport=transport,
        base_url="https://glidepath.example",
        headers={"sec-fetch-site": "same-origin"},
    ) as liar:

        def lies(number: int) -> dict[str, str]:
            return {name: value.format(n=number) for name, value in spoofed.items()}

        codes = [
            await liar.post("/api/join", json={"code": "ZZZZZZ", "locale": "en"}, headers=lies(one))
            for one in range(21)
        ]
        assert [one.status_code for one in codes] == [422] * 20 + [429]
        guesses = [await sign_in(liar, **lies(one)) for one in range(6)]
        assert [one.status_code for one in guesses] == [401] * 5 + [429]
        liar.cookies = clinic.therapist.cookies
        path = f"/api/patients/{clinic.patient_id}/invitations"
        invited = await liar.post(path, json={}, headers=lies(1))
        assert invited.json()["join_url"].startswith("https://glidepath.example/join#")
        assert "evil" not in str([invited.headers, invited.text])


async def test_what_a_front_of_ours_says_is_believed(app: Litestar, clinic: Clinic):
    """AU-7, its control: behind it each network has guesses of its own; what a client put before is not taken."""
    served = configured(app, trusted_proxies="10.0.0.5 10.1.0.0/24")
    served.load()
    for front in ("10.0.0.5", "10.1.0.77"):
        transport = httpx.ASGITransport(app=served.loaded_app, client=(front, 1))
        async with httpx.AsyncClient(
            transport=transport,
            base_url="https://glidepath.example",
            headers={"sec-fetch-site": "same-origin"},
        ) as client:
            seen = [
                await client.post(
                    "/api/join",
                    json={"code": "ZZZZZZ", "locale": "en"},
                    headers={"x-forwarded-for": f"192.0.2.{one}, {front}{one % 2}"},
                )
                for one in range(22)
            ]
        assert {one.status_code for one in seen} == {422}


async def test_a_passphrase_that_was_hashed_too_cheaply_is_hashed_anew_by_its_owner(
    clinic: Clinic, stranger: httpx.AsyncClient, database: Database
):
    """AU-2"""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSPHRASE)

    async def stored(then: str = "") -> list[str]:
        async with database.writing(clinic.id) as session:
            if then:
                await session.execute(text(then), {"hash": cheap})
            found = await session.execute(
                text("select passphrase_hash from accounts where passphrase_hash is not null")
            )
            return list(found.scalars())

    await stored("update accounts set passphrase_hash = :hash where role = 'therapist'")
    assert (await sign_in(stranger)).status_code == 401
    assert await stored() == [cheap]
    assert (await sign_in(stranger, passphrase=PASSPHRASE)).status_code == 200
    (hashed,) = await stored()
    assert hashed != cheap
    kept = extract_parameters(hashed)
    assert (kept.type, kept.parallelism, kept.salt_len >= 16) == (Type.ID, 1, True)
    assert kept.memory_cost >= 19_456
    assert kept.time_cost >= 2
    assert (await sign_in(stranger, passphrase=PASSPHRASE)).status_code == 200
    assert await stored() == [hashed]


async def test_no_secret_that_can_be_guessed_is_kept_but_dearly_hashed(
    clinic: Clinic, database: Database
):
    """AU-2: every column of every table that a passphrase or the like could lie in."""
    phrase = (await clinic.patient.post("/api/phrase", json={})).json()["phrase"]
    async with database.reading(clinic.id) as session:
        columns = await session.execute(
            text(
                "select table_name, column_name from information_schema.columns"
                " where table_schema = 'public' and column_name ~ 'pass|hash|phrase|secret'"
                " order by 1, 2"
            )
        )
        found = {f"{row.table_name}.{row.column_name}" for row in columns}
        hashes = await session.execute(text("select passphrase_hash from accounts"))
        kept = [one for one in hashes.scalars() if one is not None]
        raw = await session.execute(text("select phrase_hash from phrases"))
    assert found >= {"accounts.passphrase_hash", "phrases.phrase_hash", "known_devices.secret_hash"}
    assert kept
    for one in kept:
        parameters = extract_parameters(one)
        assert parameters.type is Type.ID
        assert (parameters.memory_cost >= 19_456, parameters.time_cost >= 2) == (True, True)
        assert parameters.salt_len >= 16
    (digest,) = raw.scalars()
    assert len(digest) == 32
    assert phrase.encode() not in digest


async def test_a_known_browser_is_hashed_for_when_strangers_fill_the_queue():
    """AU-3, AU-6"""
    gate = threading.Event()
    strangers = [asyncio.create_task(secrets.hashing(gate.wait)) for _ in range(30)]
    await asyncio.sleep(0)
    owner = asyncio.create_task(secrets.hashing(gate.wait, known=True))
    await asyncio.sleep(0)
    with pytest.raises(Busy), secrets.a_place():
        pass
    # Who only says to be known may ask, and has to go when that is not so.
    with pytest.raises(Busy), secrets.a_place(known=True):
        secrets.require_known()
    gate.set()
    assert await owner
    ends = await asyncio.gather(*strangers, return_exceptions=True)
    assert sum(isinstance(one, Busy) for one in ends) == 30 - secrets.AT_ONCE - secrets.WAITING
    with secrets.a_place():
        secrets.require_known()


def test_the_device_is_kept_where_no_script_and_no_other_site_finds_it():
    cookie = cookies.device_cookie("x")
    assert cookie.key.startswith("__Host-")
    assert (cookie.secure, cookie.httponly, cookie.samesite, cookie.path, cookie.domain) == (
        True,
        True,
        "strict",
        "/",
        None,
    )
