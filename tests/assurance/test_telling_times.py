"""The time of an answer tells neither a joining code that was used from one that never was, nor a known browser
from another (AU-4)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import text

from glidepath.database.engine import Database
from glidepath.identity import secrets
from tests.api.conftest import app, built, clinic
from tests.clinics import Clinic, browser
from tests.timing import rank_auc

__all__ = ["app", "built", "clinic"]
pytestmark = pytest.mark.anyio

SAMPLES, SEED = 300, 20261128
# Asked with one secret each.
Asked = Callable[[httpx.AsyncClient, str], Awaitable[httpx.Response]]
_CODES = """
    insert into invitations (clinic_id, id, account_id, code_hash, link_hash, created_by, created_at,
        expires_at, used_at)
    select :clinic, gen_random_uuid(), :patient, hash, sha256(hash), :therapist, now() - interval '1 hour',
        now() + interval '1 day', now() - interval '1 minute'
    from unnest(cast(:hashes as bytea[])) as hash
"""


async def _join(client: httpx.AsyncClient, secret: str) -> httpx.Response:
    return await client.post("/api/join", json={"code": secret, "locale": "en"})


async def _passkey(client: httpx.AsyncClient, secret: str) -> httpx.Response:
    known = {"cookie": f"__Host-glidepath-device={secret}"}
    return await client.post("/api/passkey-sign-in/options", json={}, headers=known)


@pytest.fixture
async def stranger(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app) as client:
        yield client


@pytest.mark.parametrize(
    ("asked", "status", "make", "kept"),
    [
        (_join, 422, secrets.new_code, _CODES),
        (_passkey, 201, secrets.new_token, ""),
    ],
)
async def test_the_time_of_an_answer_does_not_tell_what_was_there(
    clinic: Clinic,
    stranger: httpx.AsyncClient,
    database: Database,
    report: Callable[[str], None],
    asked: Asked,
    status: int,
    make: Callable[[], str],
    kept: str,
):
    """AU-4"""
    transport: httpx.ASGITransport = stranger._transport  # type: ignore[assignment]
    networks = iter(range(256 * 256))

    async def ask(secret: str) -> None:
        # Guesses are counted by network: each comes from another.
        number = next(networks)
        transport.client = (f"10.{number // 256}.{number % 256}.1", 40_000)
        answer = await asked(stranger, secret)
        assert answer.status_code == status, answer.text

    found = list[float]()
    for _ in range(2):
        known, unknown = ([make() for _ in range(SAMPLES)] for _ in range(2))
        if kept:
            values = {
                "clinic": clinic.id,
                "patient": clinic.patient_id,
                "therapist": clinic.therapist_id,
                "hashes": [secrets.digest(one) for one in known],
            }
            async with database.writing(clinic.id) as session:
                await session.execute(text(kept), values)
        found.append(
            await rank_auc(
                [partial(ask, one) for one in known], [partial(ask, one) for one in unknown], SEED
            )
        )
        if 0.45 <= found[-1] <= 0.55:
            break
    report(f"AU-4 {asked.__name__}: AUC {', '.join(f'{one:.3f}' for one in found)} of {SAMPLES}")
    assert 0.45 <= found[-1] <= 0.55
