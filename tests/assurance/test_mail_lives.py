"""Mail servers on bad days that last: a mail's whole life of tries, to its arrival or to a dead letter in red, by
a clock that is held in hand (AL-5)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx
import pytest

from glidepath.database.engine import Database
from glidepath.notify import mail
from glidepath.notify import service as notify
from glidepath.settings import Settings
from tests.api.conftest import app, built, clinic
from tests.api.test_admin import admin, page
from tests.api.test_health import asking
from tests.api.test_mail_faults import FAULTS, assert_patient, follow, with_mail
from tests.api.test_worker import deliveries
from tests.clinics import Clinic, check_in, sync
from tests.mail_servers import MailServer, Mode, certificate, mail_server

__all__ = ["admin", "app", "built", "clinic"]

pytestmark = pytest.mark.anyio
CODES = {**FAULTS, "tls": "smtp_tls"}
NIGHT = timedelta(hours=9)


class Faulty:
    """A mail server with a fault that lasts until it is mended."""

    def __init__(self, server: MailServer, url: str, mend: Callable[[], None]) -> None:
        self.server = server
        self.url = url
        self.mend = mend


@contextmanager
def faulty(fault: str, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Faulty]:
    if fault == "tls":
        serving, _ = certificate(folder)
        with mail_server(tls_at_once=serving) as server:

            def trust() -> None:
                patch.setenv("SSL_CERT_FILE", str(folder / "server.pem"))

            yield Faulty(server, f"smtps://127.0.0.1:{server.port}", trust)
        return
    patience = mail.TIMEOUT
    if fault == "hang":
        patch.setattr(mail, "TIMEOUT", 0.05)
    with mail_server(cast("Mode", fault)) as server:

        def take() -> None:
            server.mode = "take"
            patch.setattr(mail, "TIMEOUT", patience)

        yield Faulty(server, server.url, take)


async def raised(clinic: Clinic, database: Database) -> tuple[UUID, datetime]:
    """A mail about an urgent alert, and when it is due."""
    await sync(clinic, check_in(red_flags=["both_legs"]))
    (row,) = (await clinic.therapist.get("/api/triage")).json()["rows"]
    async with database.writing(clinic.id) as session:
        await notify.spread(session, clinic.id, UUID(row["alert"]["id"]), datetime.now(UTC))
    (made,) = await deliveries(database, clinic)
    return made["id"], made["due_at"]


@pytest.mark.parametrize("fault", CODES)
async def test_a_fault_that_is_mended_in_the_morning_has_lost_nothing(
    fault: str,
    clinic: Clinic,
    database: Database,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    report: Callable[[str], None],
):
    delivery_id, due = await raised(clinic, database)
    with faulty(fault, tmp_path, monkeypatch) as one:
        mails = with_mail(settings, one.url)
        night = await follow(
            database, clinic, mails, delivery_id, due, lambda at: at[-1] - due < NIGHT
        )
        (stands,) = await deliveries(database, clinic)
        assert (stands["state"], stands["code"]) == ("waiting", CODES[fault])
        assert one.server.taken == []
        one.mend()
        (arrived,) = await follow(database, clinic, mails, delivery_id, stands["due_at"])
        (stands,) = await deliveries(database, clinic)
        assert (stands["state"], stands["code"]) == ("sent", None)
        assert len(one.server.taken) == 1
    assert_patient([*night, arrived])
    report(
        f"AL-5 {fault} for {NIGHT}: {len(night)} tries, then delivered {arrived - night[-1]} later"
    )


@pytest.mark.parametrize("fault", CODES)
async def test_a_fault_that_nobody_mends_ends_as_a_dead_letter_in_red(
    fault: str,
    clinic: Clinic,
    admin: httpx.AsyncClient,
    database: Database,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    report: Callable[[str], None],
):
    delivery_id, due = await raised(clinic, database)
    assert (await page(admin))["dead_letters"] == []
    with faulty(fault, tmp_path, monkeypatch) as one:
        mails = with_mail(settings, one.url)
        at = await follow(database, clinic, mails, delivery_id, due)
        assert one.server.taken == []
        (stands,) = await deliveries(database, clinic)
        assert (stands["state"], stands["code"]) == ("failed", CODES[fault])
        assert at[-1] - at[0] >= timedelta(hours=24)
        assert_patient(at)
        assert await dead_letters(clinic, admin) == [CODES[fault]]
        # Who mends it tries again, and it is red no more.
        one.mend()
        retry = f"/api/admin/deliveries/{delivery_id}/retry"
        assert (await admin.post(retry, json={})).status_code == 204
        await follow(database, clinic, mails, delivery_id, datetime.now(UTC))
        assert len(one.server.taken) == 1
        assert await dead_letters(clinic, admin) == []
    report(f"AL-5 {fault} for good: {len(at)} tries in {at[-1] - at[0]}, then a dead letter in red")


async def dead_letters(clinic: Clinic, admin: httpx.AsyncClient) -> list[Any]:
    """Their reasons on the admin's page; that is red, and counted in the detail of readiness, if there are any."""
    found = await page(admin)
    letters = [one["code"] for one in found["dead_letters"]]
    async with asking(clinic.app) as insider:
        standing = (await insider.get("/readyz")).json()["standing"]
    assert standing["dead_letters"] == len(letters)
    for red in (found["red"], standing["red"]):
        assert ("dead_letters" in red) is bool(letters)
    return letters
