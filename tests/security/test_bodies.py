"""Whatever comes as a body is read or refused, in the words of the interface, and never breaks anything (IN-2)."""

import asyncio
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, cast

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from litestar import Litestar, post
from litestar.params import JSONBody

from glidepath.diary.schemas import OFFERED_DECODER, Offered, OfferedCheckIn, SyncRequest
from glidepath.web import bodies
from glidepath.web.bodies import Bodies
from glidepath.web.errors import HANDLERS
from tests.any_bodies import bodies as any_bodies
from tests.security import matrix

Reading = Callable[[int, bytes], tuple[int, Any]]
# Of what is sent nearly as it should be, so much at least is read: else nothing else was tried.
READ_AT_LEAST: Final = 0.1


def kinds(app: Litestar) -> list[tuple[Any, bool]]:
    """The type of each body that some route reads, and whether it does so entry by entry."""
    found = dict[Any, bool]()
    for operation in matrix.operations(app):
        data = matrix.parameters(app, operation).get("data")
        if data is not None:
            one_by_one = matrix.handler_of(app, operation).opt.get("entry_by_entry", False)
            found[data.annotation] = one_by_one
    return sorted(found.items(), key=lambda one: one[0].__qualname__)


@contextmanager
def reading(read: list[tuple[Any, bool]]) -> Iterator[Reading]:
    """The way of a body through the application as far as a handler: its status, and what came there."""
    taken = list[Any]()

    def handler(number: int, kind: Any, *, one_by_one: bool) -> Any:
        async def take(data: Any) -> None:
            taken.append(data)

        take.__annotations__["data"] = cast("Any", JSONBody)[kind]
        return post(f"/{number}", opt={"entry_by_entry": one_by_one}, status_code=204)(take)

    app = Litestar(
        [
            handler(number, kind, one_by_one=one_by_one)
            for number, (kind, one_by_one) in enumerate(read)
        ],
        middleware=[Bodies()],
        exception_handlers=HANDLERS,
        type_decoders=[OFFERED_DECODER],
        request_max_body_size=None,
        openapi_config=None,
    )

    async def send(number: int, body: bytes) -> tuple[int, Any]:
        statuses = list[int]()

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        taken.clear()
        scope: Any = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "https",
            "path": f"/{number}",
            "raw_path": f"/{number}".encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(b"content-type", b"application/json")],
            "client": ("203.0.113.9", 40_000),
            "server": ("glidepath.example", 443),
            "state": {},
        }
        await app(scope, receive, sent)
        return statuses[0], taken[0] if taken else None

    with asyncio.Runner() as runner:
        yield lambda number, body: runner.run(send(number, body))


def texts(value: Any) -> Iterator[str]:
    """All that is written in what was read; an entry that is refused is not."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Offered):
        yield from texts(value.entry)
    elif isinstance(value, msgspec.Struct):
        yield from texts(msgspec.structs.asdict(value))
    elif isinstance(value, dict):
        yield from texts([*value, *value.values()])
    elif isinstance(value, (list, tuple, set, frozenset)):
        for one in value:
            yield from texts(one)


def is_text(said: str) -> bool:
    whole = all(char != "\0" and not "\ud800" <= char <= "\udfff" for char in said)
    return whole and unicodedata.is_normalized("NFC", said)


def fuzz(read: list[tuple[Any, bool]], each: int, *, repeatable: bool) -> Counter[int]:
    """So many bodies of each kind: the statuses."""
    answered = Counter[int]()

    def fuzz_one(send: Reading, number: int) -> None:
        @examples(
            max_examples=each,
            deadline=None,
            database=None,
            derandomize=repeatable,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(body=any_bodies(read[number][0]))
        def each_body(body: bytes) -> None:
            status, data = send(number, body)
            answered[status] += 1
            assert status in (204, 400, 413), body
            assert all(is_text(one) for one in texts(data)), body

        each_body()

    with reading(read) as send:
        for number in range(len(read)):
            fuzz_one(send, number)
    return answered


@pytest.mark.parametrize(
    ("each", "least"), [(30, 1_500), pytest.param(800, 50_000, marks=pytest.mark.assurance)]
)
def test_every_body_is_read_or_refused(
    each: int, least: int, app: Litestar, report: Callable[[str], None]
):
    """IN-2"""
    read = kinds(app)
    answered = fuzz(read, each, repeatable=least == 1_500)
    report(
        f"IN-2: {answered.total()} bodies of {len(read)} kinds, {answered[204]} read,"
        " 0 unexpected exceptions"
    )
    assert answered.total() >= least
    assert answered[204] >= READ_AT_LEAST * answered.total()


def _careless(raw: Any) -> Any:
    if not isinstance(raw, dict):
        raise LookupError  # noqa: TRY004 (what reads a body counts on the other)
    return OfferedCheckIn("", None, "not read")


@pytest.mark.parametrize(
    ("where", "name", "instead"),
    [
        (bodies, "_composed", lambda read, *, strict: read),
        (OfferedCheckIn, "read", _careless),
    ],
)
def test_a_reader_that_lets_something_through_is_caught(
    where: Any, name: str, instead: Any, monkeypatch: pytest.MonkeyPatch
):
    """IN-2, its mutants."""
    monkeypatch.setattr(where, name, instead)
    with pytest.raises((AssertionError, ExceptionGroup)):
        fuzz([(SyncRequest, True)], 500, repeatable=True)
