"""Codes of staff's authenticator apps, over HTTP: for servers that a test has no database of."""

import time
from base64 import b32decode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

from glidepath.identity import totp

# A code may not lapse between being given and being read.
ON_ITS_WAY: Final = timedelta(seconds=2)


@dataclass
class App:
    """Somebody's authenticator app; no code of it is given twice."""

    secret: bytes
    last_step: int

    def code(self) -> str:
        oldest = totp.step_of(datetime.now(UTC) + ON_ITS_WAY) - totp.WINDOW
        step = max(self.last_step + 1, oldest)
        while step > totp.step_of(datetime.now(UTC)) + totp.WINDOW:
            time.sleep(0.5)
        self.last_step = step
        return totp.code_of(self.secret, step)


# By the server's address and the account's.
_APPS: Final[dict[tuple[str, str], App]] = {}


def app_of(address: str, email: str, passphrase: str) -> App:
    """Set up at the first time that it is asked for."""
    if (address, email) not in _APPS:
        cookie = _post(address, "/api/sign-in", {"email": email, "passphrase": passphrase})[1]
        begun, _ = _post(address, "/api/second-factor/authenticator", {}, cookie)
        app = App(b32decode(begun["secret"]), 0)
        _post(address, "/api/second-factor/authenticator/confirm", {"code": app.code()}, cookie)
        _APPS[address, email] = app
    return _APPS[address, email]


def session_of(address: str, email: str, passphrase: str) -> str:
    """Signed in with both factors; the cookie, as a request sends it."""
    app = app_of(address, email, passphrase)
    cookie = _post(address, "/api/sign-in", {"email": email, "passphrase": passphrase})[1]
    return _post(address, "/api/second-factor/code", {"code": app.code()}, cookie)[1]


def _post(address: str, path: str, body: Any, cookie: str = "") -> tuple[Any, str]:
    headers = {"sec-fetch-site": "same-origin", "cookie": cookie}
    answer = httpx.post(address + path, json=body, headers=headers, timeout=60)
    assert answer.is_success, answer.text
    return answer.json(), answer.headers.get("set-cookie", "").split(";")[0]
