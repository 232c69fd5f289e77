"""What tests of accounts ask for: links, staff, and mails that go out."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import httpx
import msgspec
from litestar import Litestar
from uuid_utils.compat import uuid7

from glidepath.settings import Settings
from tests.mail_servers import MailServer, Taken, mail_server

FRESH = "a fresh and long passphrase"
NEW_CLINIC: dict[str, Any] = {
    "name": "West",
    "country": "ES",
    "timezone": "Europe/Madrid",
    "admin": {"name": "Ada", "email": "ada@west.example", "locale": "en"},
}


def secret_of(url: str) -> str:
    return url.partition("#")[2]


def text_of(mail: Taken) -> str:
    body = mail.message.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode()


def secret_in(mail: Taken) -> str:
    """Of the link that stands in a mail."""
    (line,) = (one for one in text_of(mail).splitlines() if "#" in one)
    return secret_of(line)


async def invite(client: httpx.AsyncClient, name: str, role: str = "therapist") -> httpx.Response:
    body = {"name": name, "email": f"{name.lower()}@north.example", "role": role, "locale": "en"}
    return await client.put(f"/api/staff/{uuid7()}", json=body)


async def accept(client: httpx.AsyncClient, secret: str, passphrase: str = FRESH) -> httpx.Response:
    body = {"secret": secret, "passphrase": passphrase}
    return await client.post("/api/links/passphrase", json=body)


async def member(client: httpx.AsyncClient, name: str) -> dict[str, Any]:
    found = (await client.get("/api/staff")).json()["staff"]
    return next(one for one in found if one["name"] == name)


async def id_of(client: httpx.AsyncClient, name: str) -> UUID:
    return UUID((await member(client, name))["id"])


@contextmanager
def sending(app: Litestar, settings: Settings) -> Iterator[tuple[MailServer, Settings]]:
    """The application with a mail server, and the settings of its worker."""
    with mail_server() as server:
        mails = msgspec.structs.replace(
            settings, smtp_url=server.url, mail_from="Glidepath <no-reply@glidepath.example>"
        )
        app.state.settings = mails
        yield server, mails
