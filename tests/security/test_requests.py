"""What holds for every write: from here alone (SE-4), as JSON of one meaning (IN-3, IN-4), and nothing more
than was asked for (AC-8)."""

import json
from typing import Any, Final

import pytest
from litestar import Litestar

from glidepath.web.bodies import MAX_BODY, MAX_HEADERS, readable
from glidepath.web.headers import HEADERS
from tests.security import matrix
from tests.security.matrix import ROUTES, Operation
from tests.security.rolled_back import RolledBack
from tests.security.world import World

pytestmark = pytest.mark.anyio

Furnished = tuple[World, RolledBack]
WRITES: Final = [route for route in ROUTES if not route.startswith("GET")]
JSON: Final = {"content-type": "application/json"}
# A browser writes its subscription itself, and may write more; what is no column of ours is read by nobody.
THE_BROWSERS_OWN: Final = "PUT /api/push-subscriptions"
# Whoever is answered well is among them.
ANYBODY: Final = ("patient", "assigned", "admin", "operator")
FOREIGN: Final[list[dict[str, str]]] = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    {"sec-fetch-site": "", "origin": "https://evil.example"},
    {"sec-fetch-site": "cross-site", "origin": "https://glidepath.example"},
]
FORMS: Final = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonx",
    "",
)
# What a client may not say: whose something is, when it was, what became of it.
FORBIDDEN: Final = (
    "clinic_id",
    "role",
    "patient_id",
    "account_id",
    "created_at",
    "made_at",
    "version",
    "state",
    "by",
    "is_admin",
    "disabled_at",
)


async def rightful(furnished: Furnished, operation: Operation) -> str:
    """Somebody who is answered well."""
    for who in ANYBODY:
        if (await matrix.ask(*furnished, operation, who)).is_success:
            return who
    pytest.fail(f"nobody is answered well by {operation.key}")


@pytest.mark.parametrize("route", WRITES)
async def test_no_other_site_and_no_form_can_write(
    route: str, live: dict[str, Operation], furnished: Furnished
):
    """SE-4."""
    who = await rightful(furnished, live[route])
    for headers in FOREIGN:
        answer = await matrix.ask(*furnished, live[route], who, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_origin"), headers
    for form in FORMS if not route.startswith("DELETE") else ():
        answer = await matrix.ask(
            *furnished, live[route], who, content=b"{}", headers={"content-type": form}
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "not_json"), form


async def test_who_says_nothing_of_where_they_come_from_cannot_write(
    live: dict[str, Operation], furnished: Furnished
):
    client = furnished[0].actors["patient"]
    said = client.headers.pop("sec-fetch-site")
    try:
        answer = await matrix.ask(*furnished, live["POST /api/sign-out"], "patient")
    finally:
        client.headers["sec-fetch-site"] = said
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_origin")


@pytest.mark.parametrize("route", [one for one in ROUTES if one.startswith("GET /api/")])
async def test_a_read_stays_a_read_whatever_it_calls_itself(
    route: str, live: dict[str, Operation], furnished: Furnished
):
    if route == "GET /api/live":
        return
    for header in ("x-http-method-override", "x-method-override", "x-http-method"):
        plain = await matrix.ask(*furnished, live[route], "assigned")
        other = await matrix.ask(*furnished, live[route], "assigned", headers={header: "DELETE"})
        assert other.status_code == plain.status_code


@pytest.mark.parametrize("route", WRITES)
async def test_nothing_is_taken_that_was_not_asked_for(
    route: str, live: dict[str, Operation], furnished: Furnished, app: Litestar
):
    """AC-8: an attribute that is not the caller's to set is refused by its name."""
    operation = live[route]
    if route == THE_BROWSERS_OWN or "data" not in matrix.parameters(app, operation):
        return
    who = await rightful(furnished, operation)
    for name in FORBIDDEN:
        if name in matrix.fields(app, operation):
            continue
        answer = await matrix.ask(*furnished, operation, who, add={name: "1"})
        assert answer.status_code == 400, (name, answer.text)
        assert f"unknown field `{name}`" in answer.json()["detail"]


DEEP: Final = 33
UNREADABLE: Final[list[tuple[bytes, int]]] = [
    (b"{", 400),
    (b"\xff", 400),
    (b'{"account_id": "\xff"}', 400),
    (b'{"a": "\\u0000"}', 400),
    (b'{"a": "\\ud800"}', 400),
    (b'{"a": "\xed\xa0\x80"}', 400),
    (b'{"a": 1, "a": 2}', 400),
    (b'{"b": [{"a": 1, "\\u0061": 2}]}', 400),
    (b'{"a": NaN}', 400),
    (b'{"a": Infinity}', 400),
    (b"[" * DEEP + b"]" * DEEP, 400),
    (b'{"a":' * 2000 + b"1" + b"}" * 2000, 400),
    (b"[" * 100_000, 400),
    (b'{"a": ' + b"9" * 5000 + b"}", 400),
    (b'"' + b"x" * MAX_BODY + b'"', 413),
]


@pytest.mark.parametrize(("body", "status"), UNREADABLE)
async def test_a_body_of_two_meanings_or_none_is_refused_in_words(
    body: bytes, status: int, live: dict[str, Operation], furnished: Furnished
):
    async def in_parts() -> Any:
        for start in range(0, len(body), 60_000):
            yield body[start : start + 60_000]

    for content in (body, in_parts()):
        answer = await matrix.ask(
            *furnished, live["POST /api/messages/read"], "patient", content=content, headers=JSON
        )
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]


def test_what_looks_the_same_is_the_same():
    composed, apart = "\u00e9", "e\u0301"
    assert json.loads(readable(f'{{"note": "{apart}"}}'.encode())) == {"note": composed}
    assert json.loads(readable(b'{"note": "e\\u0301"}')) == {"note": composed}
    untouched = '{"note": "é \\" {[ ה"}'.encode()
    assert readable(untouched) is untouched


def test_brackets_in_a_text_are_no_nesting():
    assert readable(json.dumps(["[" * 100, '\\"[[' * 20]).encode())


async def test_long_headers_and_addresses_are_refused(
    live: dict[str, Operation], furnished: Furnished
):
    me = live["GET /api/me"]
    long = await matrix.ask(*furnished, me, "patient", headers={"x-long": "x" * MAX_HEADERS})
    assert (long.status_code, long.json()["code"]) == (431, "headers_too_large")
    many = await matrix.ask(
        *furnished, me, "patient", params={f"q{n}": "x" * 50 for n in range(64)}
    )
    assert (many.status_code, many.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize("route", ROUTES)
async def test_every_answer_carries_the_headers(
    route: str, live: dict[str, Operation], furnished: Furnished
):
    """SE-5, of answers of every kind: for who may, who may not, and of what is not there."""
    if route == "GET /api/live":
        return
    for who in ("anonymous", "patient", "assigned", "foreign_admin"):
        answer = await matrix.ask(*furnished, live[route], who)
        found = {name: answer.headers.get(name) for name in HEADERS}
        assert found == HEADERS
        assert "server" not in answer.headers
        if "/api/" in route:
            assert answer.headers["cache-control"] == "no-store"
