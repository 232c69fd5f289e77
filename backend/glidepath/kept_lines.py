"""Files beside the database to which lines are added, and from which none is taken."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

Line = TypeVar("Line", bound=msgspec.Struct)


def add(file: Path, lines: Sequence[msgspec.Struct]) -> None:
    """Adds a line for each, which is on the disk when this returns."""
    encode = msgspec.json.Encoder().encode
    file.parent.mkdir(parents=True, exist_ok=True)
    # The mode of whoever made the file stays: on some systems it can be made one that only grows.
    opened = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with open(opened, "ab") as written:  # noqa: PTH123 (opened to be added to, and in no other way)
        written.write(b"".join(encode(line) + b"\n" for line in lines))
        written.flush()
        os.fsync(written.fileno())


def read(file: Path, kind: type[Line]) -> Iterator[Line]:
    """Nothing where there is no file."""
    decode = msgspec.json.Decoder(kind).decode
    if file.exists():
        with file.open("rb") as lines:
            for line in lines:
                # A machine that lost power in the middle of a line wrote the next one behind it.
                try:
                    yield decode(line)
                except msgspec.DecodeError:
                    continue
