"""Phones as the app makes them, in few lines: keep first, send later, let go on the server's word."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from uuid_utils.compat import uuid7

from tests.clinics import check_in

Entry = dict[str, Any]
# Sends a batch; None when no answer came back, whatever the server made of it.
Send = Callable[[list[Entry]], Awaitable[list[dict[str, Any]] | None]]

START = datetime.now(UTC) - timedelta(hours=12)


@dataclass
class Queued:
    """One entry that the server has not confirmed."""

    entry: Entry
    revision: int = 1
    attempts: int = 0


@dataclass
class Phone:
    """One phone's store and queue; several of them may write one diary."""

    # Makes times that grow over all phones, so that "the later made counts" has one answer.
    clock: "count[int]"
    entries: dict[str, Entry] = field(default_factory=dict)
    queue: list[Queued] = field(default_factory=list)
    refused: list[Entry] = field(default_factory=list)

    def log(self, days_ago: int, pain: int) -> Entry:
        day = (datetime.now(UTC) - timedelta(days=days_ago)).date()
        return self._keep(check_in(day, pain_now=pain, made_at=self._now()))

    def edit(self, of: Entry, pain: int, *, withdrawn: bool = False) -> Entry:
        """Changes what the server cannot have in place; of anything else a revision goes out."""
        changes = {"pain_now": pain, "withdrawn": withdrawn, "made_at": self._now()}
        queued = next((one for one in self.queue if one.entry["id"] == of["id"]), None)
        if queued is not None and self.is_unseen(queued):
            queued.entry = {**queued.entry, **changes}
            queued.revision += 1
            self.entries[of["id"]] = queued.entry
            return queued.entry
        original = of["revises"] or of["id"]
        return self._keep({**of, **changes, "id": str(uuid7()), "revises": original})

    async def push(self, limit: int, send: Send) -> None:
        batch = self.queue[:limit]
        for one in batch:
            one.attempts += 1
        sent = [(one, one.revision) for one in batch]
        results = await send([one.entry for one in batch]) if batch else []
        if results is not None:
            self.settle(sent, results)

    def settle(self, sent: list[tuple[Queued, int]], results: list[dict[str, Any]]) -> None:
        answers = {result["id"]: result["status"] for result in results}
        for one, revision in sent:
            status = answers.get(one.entry["id"])
            if status is None or one.revision != revision or one not in self.queue:
                continue
            self.queue.remove(one)
            if status == "refused":
                self.refused.append(one.entry)

    def is_unseen(self, queued: Queued) -> bool:
        return queued.attempts == 0

    def pull(self, known: list[Entry]) -> None:
        waiting = {one.entry["id"] for one in self.queue}
        self.entries |= {entry["id"]: entry for entry in known if entry["id"] not in waiting}

    def _keep(self, entry: Entry) -> Entry:
        self.entries[entry["id"]] = entry
        self.queue.append(Queued(entry))
        return entry

    def _now(self) -> str:
        return (START + timedelta(seconds=next(self.clock))).isoformat()


def current(entries: dict[str, Entry]) -> dict[str, int]:
    """What counts, by the original's id: of several revisions the one made last."""
    last: dict[str, Entry] = {}
    for entry in sorted(entries.values(), key=lambda one: (_made(one), one["id"])):
        last[entry["revises"] or entry["id"]] = entry
    return {key: entry["pain_now"] for key, entry in last.items() if not entry["withdrawn"]}


def _made(entry: Entry) -> datetime:
    return datetime.fromisoformat(entry["made_at"])


class ForgetfulPhone(Phone):
    """Takes whatever was sent for delivered."""

    async def push(self, limit: int, send: Send) -> None:
        batch = self.queue[:limit]
        if batch:
            await send([one.entry for one in batch])
        self.queue = self.queue[limit:]


class RashPhone(Phone):
    """Changes an entry in place although the server may have it."""

    def is_unseen(self, queued: Queued) -> bool:
        return True


class CarelessPhone(Phone):
    """Gives every try a new id, as if the server could not know the entry yet."""

    async def push(self, limit: int, send: Send) -> None:
        for one in self.queue[:limit]:
            self.entries.pop(one.entry["id"])
            one.entry = {**one.entry, "id": str(uuid7())}
            self.entries[one.entry["id"]] = one.entry
        await super().push(limit, send)
