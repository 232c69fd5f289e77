"""The ends of the chains, kept outside the database: who removes a chain's tail there removes no line here."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import msgspec

from glidepath import kept_lines


class Anchor(msgspec.Struct):
    """A line: that a clinic's chain had this event as its last."""

    at: datetime
    clinic: UUID
    seq: int
    hash: str


class End(NamedTuple):
    clinic_id: UUID
    seq: int
    hash: bytes


def add(file: Path, ends: Sequence[End], now: datetime) -> None:
    """Adds a line for each, which is on the disk when this returns."""
    at = now.astimezone(UTC)
    kept_lines.add(file, [Anchor(at, one.clinic_id, one.seq, one.hash.hex()) for one in ends])


def read(file: Path, before: datetime | None = None) -> dict[UUID, dict[int, bytes]]:
    """By clinic the hash that each anchored event had; nothing where there is no file."""
    found = defaultdict[UUID, dict[int, bytes]](dict)
    for one in kept_lines.read(file, Anchor):
        # Of two that contradict each other the first stands: nobody anchors an event anew.
        if before is None or one.at < before:
            found[one.clinic].setdefault(one.seq, bytes.fromhex(one.hash))
    return dict(found)
