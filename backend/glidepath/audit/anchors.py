"""The ends of the chains, kept outside the database: who removes a chain's tail there removes no line here."""

import os
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import msgspec


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
    encode = msgspec.json.Encoder().encode
    at = now.astimezone(UTC)
    lines = b"".join(
        encode(Anchor(at, one.clinic_id, one.seq, one.hash.hex())) + b"\n" for one in ends
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    # The mode of whoever made the file stays: on some systems it can be made one that only grows.
    opened = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with open(opened, "ab") as written:  # noqa: PTH123 (opened to be added to, and in no other way)
        written.write(lines)
        written.flush()
        os.fsync(written.fileno())


def read(file: Path) -> dict[UUID, dict[int, bytes]]:
    """By clinic the hash that each anchored event had; nothing where there is no file."""
    found = defaultdict[UUID, dict[int, bytes]](dict)
    decode = msgspec.json.Decoder(Anchor).decode
    if file.exists():
        with file.open("rb") as lines:
            for line in lines:
                # A machine that lost power in the middle of a line wrote the next one behind it.
                try:
                    one = decode(line)
                except msgspec.DecodeError:
                    continue
                # Of two that contradict each other the first stands: nobody anchors an event anew.
                found[one.clinic].setdefault(one.seq, bytes.fromhex(one.hash))
    return dict(found)
