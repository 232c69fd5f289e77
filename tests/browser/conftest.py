"""Chromium against the real application, served as `glidepath serve` serves it."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
import pytest
import uvicorn
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp, Receive, Scope, Send
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.app import create_app
from glidepath.database.engine import Database
from glidepath.identity import service as identity
from glidepath.identity import signing_in, totp
from glidepath.identity.cookies import COOKIE, DEVICE_COOKIE
from glidepath.identity.known_devices import Browser
from glidepath.identity.models import Account, Authenticator
from glidepath.identity.signing_in import SignedIn
from glidepath.server import Server
from glidepath.settings import Settings
from tests.clinics import PASSPHRASE, add_clinic
from tests.codes import app_of
from tests.hostile import Person

T = TypeVar("T")

PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1280, "height": 800}


# What the policy forbids, the page says to its console, and `device` hears it (SE-6).
FORBIDDEN = "forbidden by the policy: "
TELL_WHAT_IS_FORBIDDEN = (
    "addEventListener('securitypolicyviolation', (event) => console.error("
    f"'{FORBIDDEN}' + event.effectiveDirective + ' ' + event.blockedURI + ' ' + event.sample))"
)


# A busy machine is slow, not wrong.
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


# The database of each server that was started here, by its address.
_BEHIND: Final[dict[str, str]] = {}
# The servers that nobody reaches just now.
_UNREACHED: Final[set[str]] = set()


@contextmanager
def serving(
    settings: Settings, host: str = "127.0.0.1", port: int = 0, web: Path | None = None
) -> Iterator[str]:
    """A server on `port`, by default one of its own, with a built front end; its address."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        url = f"http://{host}:{listening.getsockname()[1]}"
        app = create_app(msgspec.structs.replace(settings, base_url=url), web)
        assert settings.database_url is not None
        _BEHIND[url] = settings.database_url
        app.asgi_handler = _reachable(app.asgi_handler, url)
        config = uvicorn.Config(
            app, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=2
        )
        server = Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                thread.join(timeout=0.05)
                assert thread.is_alive(), "the server did not start"
            yield url
        finally:
            server.should_exit = True
            thread.join(timeout=15)
        assert not thread.is_alive()


def _reachable(app: ASGIApp, url: str) -> ASGIApp:
    """Answers as a gateway does that does not reach the server, as long as it is not to be reached."""
    gateway = ASGIResponse(status_code=502)

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        await (gateway if url in _UNREACHED else app)(scope, receive, send)

    return handle


@contextmanager
def out_of_reach(address: str) -> Iterator[None]:
    """No browser's request gets past the gateway, not even one that is sent as the browser closes."""
    _UNREACHED.add(address)
    try:
        yield
    finally:
        _UNREACHED.discard(address)


@contextmanager
def without_network(phone: BrowserContext, address: str) -> Iterator[None]:
    """What the browser only plays is true at the server, too: a request of a page whose clock is set days back
    would have its entries counted on other days, should it get out."""
    phone.set_offline(True)
    try:
        with out_of_reach(address):
            yield
    finally:
        phone.set_offline(False)


@pytest.fixture
def address(settings: Settings, request: pytest.FixtureRequest) -> Iterator[str]:
    """Where a server listens, by number or else by the name that a test asks for."""
    with serving(settings, getattr(request, "param", "127.0.0.1")) as url:
        yield url


@dataclass(frozen=True)
class Staff:
    email: str
    passphrase: str


@pytest.fixture
def therapist(settings: Settings) -> Staff:
    async def make() -> str:
        assert settings.database_url is not None
        database = Database(settings.database_url, pool_size=1)
        try:
            return (await add_clinic(database))[2]
        finally:
            await database.close()

    # In a thread of its own, since the driver of the browser runs a loop in this one.
    with ThreadPoolExecutor(1) as thread:
        return Staff(thread.submit(lambda: asyncio.run(make())).result(), PASSPHRASE)


def add_colleague(settings: Settings, name: str, role: str) -> Staff:
    """Another account at the clinic that there is."""

    async def make() -> str:
        assert settings.database_url is not None
        database = Database(settings.database_url, pool_size=1)
        email = f"{name.lower().replace(' ', '.')}@north.example"
        try:
            async with database.writing() as session:
                (clinic_id,) = await identity.clinic_ids(session)
            async with database.writing(clinic_id) as session:
                await identity.add_staff(
                    session,
                    clinic_id,
                    uuid7(),
                    role=role,
                    name=name,
                    email=email,
                    passphrase=PASSPHRASE,
                    now=datetime.now(UTC),
                )
        finally:
            await database.close()
        return email

    with ThreadPoolExecutor(1) as thread:
        return Staff(thread.submit(lambda: asyncio.run(make())).result(), PASSPHRASE)


def forbidden(said: str) -> list[str]:
    """What of a console's line tells of something that the policy forbids."""
    return [said] if said.startswith(FORBIDDEN) else []


@pytest.fixture
def device(chromium: Chromium, address: str) -> Iterator[Callable[..., BrowserContext]]:
    """Makes devices: each a browser profile of its own, whose pages may raise no error.

    They close before the server at `address` does, since a page may still be fetching what it needs next.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def make(*, worker: bool | None = None, **options: Any) -> BrowserContext:
        usual = {"viewport": PHONE, "locale": "en-GB", "timezone_id": "Europe/Madrid"}
        context = chromium.new_context(**{**usual, **options})
        # Staff work online: a worker, which first fetches all for work without a network, is looked at by few.
        if not (options.get("viewport") != LAPTOP if worker is None else worker):
            context.add_init_script("delete Navigator.prototype.serviceWorker")
        context.set_default_timeout(20_000)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.add_init_script(TELL_WHAT_IS_FORBIDDEN)
        context.on("console", lambda said: errors.extend(forbidden(said.text)))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert errors == []


def _behind(address: str, staff: Staff, deed: Callable[[AsyncSession, Account], Awaitable[T]]) -> T:
    """What a test does to an account in the server's database."""

    async def run() -> T:
        database = Database(_BEHIND[address], pool_size=1)
        try:
            async with database.writing() as session:
                (account,) = await signing_in.open_accounts(session, staff.email)
            async with database.writing(account.clinic_id) as session:
                return await deed(session, account)
        finally:
            await database.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(run())).result()


def session_of(address: str, staff: Staff) -> SignedIn:
    """Both factors given, without the time that they take."""

    async def open_session(session: AsyncSession, account: Account) -> SignedIn:
        at = Browser(None, "Chromium on Linux", "127.0.0.1")
        return await signing_in.open_session(session, account, datetime.now(UTC), at, aal=2)

    return _behind(address, staff, open_session)


def code_of(address: str, staff: Staff) -> str:
    """Of the account's app, which is set up if need be, as if no code of it had been used: another one can be
    half a minute away."""

    async def forget(session: AsyncSession, account: Account) -> None:
        its = update(Authenticator).where(Authenticator.account_id == account.id)
        forgotten = await session.execute(its.values(last_step=None).returning(Authenticator.id))
        assert forgotten.one()

    app = app_of(address, staff.email, staff.passphrase)
    _behind(address, staff, forget)
    # The one of now, which is good for half a minute more.
    app.last_step = totp.step_of(datetime.now(UTC)) - 1
    return app.code()


def enter(page: Page, address: str, staff: Staff) -> None:
    """Signed in with both factors, without the time that they take."""
    opened = session_of(address, staff)
    for name, value in ((COOKIE, opened.token), (DEVICE_COOKIE, opened.device)):
        assert value is not None
        secure = {"secure": True, "httpOnly": True, "url": address.replace("http:", "https:")}
        page.context.add_cookies([{"name": name, "value": value, **secure}])  # type: ignore[typeddict-item]
    # Of the same origin, and not yet the app.
    page.goto(f"{address}/livez")
    me = msgspec.json.encode(opened.me).decode()
    page.evaluate("me => localStorage.setItem('glidepath.me', me)", me)
    page.goto(f"{address}/therapist")
    expect(page.get_by_role("heading", name="Who needs me")).to_be_visible()


def sign_in(page: Page, address: str, staff: Staff) -> None:
    """As a person does it."""
    code = code_of(address, staff)
    page.goto(f"{address}/therapist")
    page.get_by_label("E-mail").fill(staff.email)
    page.get_by_label("Passphrase", exact=True).fill(staff.passphrase)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code from your authenticator app").fill(code)
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(page.get_by_role("heading", name="Who needs me")).to_be_visible()


@pytest.fixture
def desk(address: str, therapist: Staff) -> Person:
    """The therapist's session without a screen: for what a test needs done and does not look at."""
    return Person(address, f"{COOKIE}={session_of(address, therapist).token}")


@pytest.fixture
def laptop(device: Callable[..., BrowserContext], address: str, therapist: Staff) -> Page:
    """The therapist, signed in."""
    page = device(viewport=LAPTOP).new_page()
    enter(page, address, therapist)
    return page


@pytest.fixture
def phone(device: Callable[..., BrowserContext]) -> BrowserContext:
    """A phone on which nobody is signed in."""
    return device(has_touch=True, is_mobile=True)


@pytest.fixture
def online_phone(device: Callable[..., BrowserContext]) -> BrowserContext:
    """The same that never loses its network, and so needs no worker, nor the time to fetch all that one keeps."""
    return device(has_touch=True, is_mobile=True, worker=False)
