"""How the benchmarks sign somebody in. Their staff have the app whose secret everybody may know."""

import time
from datetime import UTC, datetime

import httpx

from glidepath.demo.second_steps import SECRET
from glidepath.identity import totp

OURS = {"sec-fetch-site": "same-origin"}
# Of a process that serves a benchmark alone.
FIELD_KEY = "5e" * 32
_given = 0


def next_code() -> str:
    """One that was not given before: a server takes none twice."""
    global _given  # noqa: PLW0603 (one app, as on a phone)
    _given = max(_given + 1, totp.step_of(datetime.now(UTC)) - totp.WINDOW)
    while _given > totp.step_of(datetime.now(UTC)) + totp.WINDOW:
        time.sleep(1)
    return totp.code_of(SECRET, _given)


def session(address: str, path: str, body: dict[str, str], cookie: str = "") -> str:
    """The cookie, as a request sends it. (It is for browsers, so no jar keeps it.)"""
    headers = OURS | {"cookie": cookie}
    answer = httpx.post(address + path, json=body, headers=headers).raise_for_status()
    return answer.headers["set-cookie"].split(";")[0]


def staff_session(address: str, email: str, passphrase: str) -> str:
    half = session(address, "/api/sign-in", {"email": email, "passphrase": passphrase})
    return session(address, "/api/second-factor/code", {"code": next_code()}, half)
