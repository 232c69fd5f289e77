"""What one sync asks of PostgreSQL, written down as the product sends it, to be sent again for copies of its patient."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg.adapt import Transformer
from sqlalchemy import Engine, event

from caseload.cloning import copy_of, token
from glidepath.identity import secrets

_IS_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PLACE = re.compile(r"\$(\d+)")
_WRITES = re.compile(r"\b(insert into|update \w+ set)\b", re.IGNORECASE)


@dataclass
class Recorded:
    """The statements of one transaction. What is made anew each time has its place in them: ids that are
    younger than `began`, the head of the audit trail, the session's token."""

    account_id: UUID
    token: str
    # Of the event, when this was recorded.
    seq: int
    # Milliseconds since 1970.
    began: int
    statements: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)

    def filled(
        self, number: int, fresh: Callable[[UUID], Any], copied: Callable[[UUID], Any] | None = None
    ) -> "Filler":
        return Filler(self, number, fresh, copied or (lambda one: copy_of(one, number)))


@dataclass
class Filler:
    """Fills the places for one copy: `fresh` gives an id for one that was made in the transaction, `copied` for one
    that was there before."""

    of: Recorded
    number: int
    fresh: Callable[[UUID], Any]
    copied: Callable[[UUID], Any]

    def __post_init__(self) -> None:
        there, copied = (
            secrets.digest(self.of.token),
            secrets.digest(token(self.of.account_id, self.number)),
        )
        self._openings: Mapping[Any, Any] = {
            there: copied,
            f"session:{there.hex()}": f"session:{copied.hex()}",
        }

    def fill(self, value: Any) -> Any:
        if isinstance(value, UUID):
            return self.fresh(value) if is_younger(value, self.of.began) else self.copied(value)
        if isinstance(value, list):
            return [self.fill(one) for one in value]
        if isinstance(value, bytes):
            return self._openings.get(value, value)
        if isinstance(value, str):
            if value in self._openings:
                return self._openings[value]
            if _IS_ID.search(value):
                return _IS_ID.sub(lambda found: str(self.fill(UUID(found[0]))), value)
        return value


def is_younger(one: UUID, began: int) -> bool:
    """Whether an id of version 7 was made later; what was copied is of no version."""
    return one.version == 7 and one.int >> 80 >= began


@contextmanager
def recording(engine: Engine, recorded: Recorded) -> Iterator[None]:
    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        # Several rows of one statement, but where they were put into one VALUES.
        rows = parameters if parameters and isinstance(parameters[0], tuple) else [parameters]
        recorded.statements.extend((statement, tuple(row)) for row in rows)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", note)


def pgbench_script(recorded: Sequence[Recorded]) -> str:
    """What these syncs write, as a script for pgbench that takes them in turn: each client's `:k` counts from -1, and
    the copies are numbered from `:base` on."""
    lines = [
        r"\set k :k + 1",
        r"\set turn :k * :clients + :client_id",
        r"\set n :base + :turn / :patients",
        r"\set which :turn % :patients",
        r"\set chance random(1, 9000000000000000000)",
    ]
    for number, one in enumerate(recorded):
        lines += [rf"\{'elif' if number else 'if'} :which = {number}", *_written(one)]
    return "\n".join([*lines, r"\endif"])


def _written(recorded: Recorded) -> Iterator[str]:
    """The transaction for copy `:n`; what is made anew comes of `:chance`."""
    fresh: dict[UUID, int] = {}

    def made(one: UUID) -> "_Sql":
        return _Sql(f"md5('{fresh.setdefault(one, len(fresh))}:' || :chance)::uuid")

    def copied(one: UUID) -> "_Sql":
        return _Sql(f"md5('{one}:' || :n)::uuid")

    filler = recorded.filled(0, made, copied)
    entered = next(one for one in recorded.statements if "app.clinic_id" in one[0])
    clinic = copied(UUID(entered[1][0]))
    yield "begin;"
    yield f"select set_config('app.clinic_id', ({clinic})::text, true);"
    for statement, parameters in recorded.statements:
        if not _WRITES.search(statement):
            continue
        is_event = "INTO audit_events" in statement
        if is_event:
            held = f"where clinic_id = {clinic} for update"
            yield f"select seq + 1 as seq from audit_heads {held} \\gset"  # noqa: S608
        values = [
            _Sql(":seq") if is_event and value == recorded.seq else filler.fill(value)
            for value in parameters
        ]
        text = _PLACE.sub(lambda at, of=values: _literal(of[int(at[1]) - 1]), statement)  # type: ignore[misc]
        yield " ".join(text.split("\n")) + ";"
    yield "end;"


@dataclass(frozen=True)
class _Sql:
    text: str

    def __str__(self) -> str:
        return self.text


def _literal(value: Any) -> str:
    if isinstance(value, _Sql):
        return value.text
    if isinstance(value, list) and any(isinstance(one, _Sql) for one in value):
        return f"array[{', '.join(map(_literal, value))}]"
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'::bytea"
    text = Transformer().as_literal(value).decode()
    if isinstance(value, bytes):
        # Of which any letter may follow a colon, as below.
        text = rf"'\x{value.hex()}'::bytea"
    if isinstance(value, str):
        # pgbench takes a colon and a letter for a variable of its own.
        text = "E'" + value.replace("\\", r"\\").replace("'", "''").replace(":", r"\x3a") + "'"
    assert not re.search(r"(?<!:):[a-z_]", text, re.IGNORECASE), text
    return text
