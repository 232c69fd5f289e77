"""No mail says anything of anyone: not in a whole day of a clinic (PH-3), whatever stands in an address (SE-8)."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st
from litestar import Litestar
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.alerts import service as alerts_service
from glidepath.database.engine import Database
from glidepath.notify import digests, mail, service
from glidepath.notify.models import OF_ACCOUNTS
from glidepath.notify.outcomes import Sent
from glidepath.settings import Settings
from tests.api.test_alerts import ago
from tests.api.test_daily_look import look
from tests.api.test_digests import at
from tests.api.test_mail_faults import with_mail
from tests.api.test_threads import send, written
from tests.api.test_worker import deliveries, work
from tests.clinics import (
    Clinic,
    browser,
    check_in,
    open_clinic,
    own_day,
    patient_body,
    sign_in,
    sync,
)
from tests.mail_servers import mail_server

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
HEADERS: Final = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Content-Type",
    "Content-Transfer-Encoding",
    "MIME-Version",
}
CANARY: Final = "zyxcanary"
ADDRESS: Final = f"therapist@{CANARY}.example".encode()


@pytest.mark.anyio
async def test_of_all_that_a_clinic_knows_no_mail_has_a_word(
    app: Litestar, database: Database, settings: Settings
):
    """Names, notes, messages and plans carry a word that no mail may hold; mails of every cause are sent."""
    async with AsyncExitStack() as stack:
        clinic = await open_clinic(app, database, stack, CANARY)
        await a_day(clinic, database, settings)


async def a_day(clinic: Clinic, database: Database, settings: Settings) -> None:
    async with database.writing(clinic.id) as session:
        await session.execute(text(f"update accounts set name = '{CANARY} ' || name"))
    note: dict[str, Any] = {"note": f"{CANARY} note"}
    admitted = await clinic.therapist.put(
        f"/api/patients/{uuid7()}",
        json=patient_body(name=f"{CANARY} Doe", plan=patient_body()["plan"] | note),
    )
    assert admitted.status_code == 201, admitted.text
    await sync(clinic, *(check_in(ago(day), **note) for day in range(14, 44)))
    assert await look(database, clinic) == 1
    before = datetime.now(UTC)
    await sync(clinic, check_in(red_flags=["both_legs"], **note))
    await clinic.therapist.post("/api/notices/tries", json={})
    patient = f"/api/patients/{clinic.patient_id}"
    await clinic.therapist.put(f"{patient}/messages/{uuid7()}", json={"text": f"{CANARY} message"})
    await send(clinic, written(text=f"{CANARY} question"))
    page = (await clinic.therapist.get(patient)).json()
    assert CANARY in str(page)
    locales = ("en", "es")
    with mail_server() as server:
        mails = with_mail(settings, server.url)
        for step, locale in enumerate(locales, start=1):
            async with database.writing(clinic.id) as session:
                await session.execute(text(f"update accounts set locale = '{locale}'"))
                noon = at(own_day() + timedelta(days=step), 12)
                assert await digests.make_due(session, clinic.id, mails, noon) == 1
                alert = UUID(page["alerts"][0]["id"])
                notice = await alerts_service.notice(session, alert)
                for cause in ("raised", "escalated"):
                    people = {clinic.therapist_id}
                    await service.tell(
                        session, clinic.id, notice, people, before, cause=cause, step=step
                    )
                # What tomorrow's hour made is sent now.
                await session.execute(
                    text("update deliveries set made_at = now(), due_at = now() where tries = 0")
                )
            await clinic.therapist.post("/api/notices/tries", json={})
            async with browser(clinic.app) as elsewhere:
                await sign_in(elsewhere, ADDRESS.decode())
            await work(mails, database, clinic)
        sent = {
            one["cause"] for one in await deliveries(database, clinic) if one["state"] == "sent"
        }
        # What accounts are told: tests/api/test_links.py.
        assert sent == set(mail.WORDS) - set(OF_ACCOUNTS)
        subjects = {str(one.message["Subject"]) for one in server.taken}
        assert len(subjects) == len(sent) * len(locales)
        for one in server.taken:
            readable = one.raw + (one.message.get_payload(decode=True) or b"")  # type: ignore[operator]
            # The address is the recipient's own, and of this clinic.
            assert CANARY.encode() not in readable.lower().replace(ADDRESS, b"")
            assert str(clinic.patient_id).encode() not in readable
            assert set(one.message.keys()) == HEADERS


EVIL: Final = st.text(
    st.sampled_from('ab.@<>()",;:\\[] \r\n\t\0\x0b\x85\u2028éñ=?_%-') | st.characters(), max_size=24
)
ADDRESSES: Final = (
    st.builds("{}@{}".format, EVIL, EVIL)
    | EVIL
    | EVIL.map("t@x.example\r\nBcc: {}@y.example".format)
    | EVIL.map('"{}"@x.example'.format)
    | EVIL.map("t{}@x.example, eve@y.example".format)
    | st.from_regex(r"[a-zéñ'+%=?_-]{1,9}@[a-z]{1,9}\.example", fullmatch=True)
)


def tell_evil(count: int) -> tuple[int, int]:
    """Mails to so many hostile addresses, by way of a real server; how many it took, and how many were
    refused before."""
    sent, refused = 0, 0
    with mail_server() as server, asyncio.Runner() as runner:

        @example_settings(
            max_examples=count,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(ADDRESSES)
        def tell(to: str) -> None:
            nonlocal sent, refused
            try:
                message = mail.compose(
                    cause="test",
                    locale="es",
                    sender="Glidepath <g@x.example>",
                    to=to,
                    message_id="1",
                    link="https://x.example/therapist",
                    at=NOW,
                )
            except ValueError:
                refused += 1
                return
            server.taken.clear()
            if not isinstance(runner.run(mail.send(message, server.url)), Sent):
                refused += 1
                assert server.taken == []
                return
            sent += 1
            (taken,) = server.taken
            assert taken.to == [to]
            assert set(taken.message.keys()) == HEADERS
            assert len(taken.message.keys()) == len(HEADERS)
            assert "no hay nada que hacer" in str(taken.message.get_payload()).lower()

        tell()
    return sent, refused


def test_whatever_stands_in_an_address_the_headers_are_ours():
    sent, refused = tell_evil(250)
    assert sent > 10
    assert refused > 10
