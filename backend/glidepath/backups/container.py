"""The file of a backup: a line that anybody reads, and behind it what age has sealed: a manifest and a dump.

With the key, `tail -n +2 FILE | age --decrypt -i KEY | tail -n +2` is the archive that pg_restore takes, also where
there is no Glidepath. What age seals, it seals in pieces, each in its place and the last one marked as the last:
a file that was cut off, altered or put together from two opens no further than there.
"""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from io import BufferedIOBase
from pathlib import Path
from typing import Final, cast

import click
import msgspec
import pyrage

from glidepath.backups.keys import Identity, Recipient

MAGIC: Final = b"glidepath-backup "
FORMAT: Final = 1
# A first line or a manifest that is longer is none.
LINE_AT_MOST: Final = 1 << 20


class Refused(click.ClickException):
    """Why a file is not taken for a backup."""


class Header(msgspec.Struct, frozen=True):
    """What stands in the clear, and in the manifest once more."""

    at: datetime
    revision: str
    glidepath: str
    format: int = FORMAT


class Table(msgspec.Struct, frozen=True):
    """Of all rows: how many, and the sum of their hashes."""

    rows: int
    sum: str


class Manifest(msgspec.Struct, frozen=True):
    """What a restored database is compared with. `owner`: the role that owns the tables; `sequences`: what each had
    given out at least."""

    header: Header
    postgres: int
    owner: str
    tables: dict[str, Table]
    sequences: dict[str, int]


def write(
    file: Path, manifest: Manifest, dump: Iterator[bytes], recipients: list[Recipient]
) -> int:
    """How many bytes the file has, which is there whole and on the disk when this returns, or not at all."""
    part = file.with_name(f".{file.name}.part")
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:  # noqa: PTH123 (the mode from the beginning)
            opened.write(MAGIC + msgspec.json.encode(manifest.header) + b"\n")
            source = _Source(_chain(manifest, dump))
            _seal(source, _Sink(opened.write), recipients)
            opened.flush()
            os.fsync(opened.fileno())
            size = opened.tell()
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return size


def _chain(manifest: Manifest, dump: Iterator[bytes]) -> Iterator[bytes]:
    yield msgspec.json.encode(manifest) + b"\n"
    yield from dump


def read_header(file: Path) -> Header:
    try:
        with file.open("rb") as opened:
            return _read_header(file, opened.readline(LINE_AT_MOST))
    except OSError as error:
        raise Refused(f"The backup cannot be read: {error}.") from None


def _read_header(file: Path, line: bytes) -> Header:
    begin, told = line[: len(MAGIC)], line[len(MAGIC) :]
    try:
        header = msgspec.json.decode(told, type=Header) if begin == MAGIC else None
    except (msgspec.DecodeError, UnicodeDecodeError):
        header = None
    if header is None:
        raise Refused(f"{file} is no backup of Glidepath.")
    if header.format != FORMAT:
        raise Refused(
            f"{file} is of format {header.format}, which this version of Glidepath does not know; "
            "use the one that made it, or a newer one."
        )
    return header


def read(
    file: Path,
    identities: list[Identity],
    take: Callable[[bytes], object] = lambda _: None,
) -> Manifest:
    """Opens the whole of it and hands the dump to `take`, piece by piece; Refused where it is not as it was written.

    A piece is handed on as soon as it is known to be right, which says nothing about those behind it: read it once
    for nothing before something is made of it.
    """
    opener = _Opener(take)
    with file.open("rb") as opened:
        header = _read_header(file, opened.readline(LINE_AT_MOST))
        sink = _Sink(opener.write)
        try:
            pyrage.decrypt_io(opened, cast("BufferedIOBase", sink), identities)
        except pyrage.DecryptError as error:
            _raise_first(sink)
            if "matching keys" in str(error):
                raise Refused(
                    f"{file} was sealed for another key, or its beginning was changed."
                ) from None
            raise _broken(file) from None
        except OSError:
            _raise_first(sink)
            raise _broken(file) from None
        _raise_first(sink)
    if opener.manifest is None or opener.manifest.header != header:
        raise _broken(file)
    return opener.manifest


def _broken(file: Path) -> Refused:
    return Refused(f"{file} is not as it was written: it was cut off or altered.")


class _Opener:
    """Takes the manifest off the front of what was sealed."""

    def __init__(self, take: Callable[[bytes], object]) -> None:
        self._take, self._begun = take, b""
        self.manifest: Manifest | None = None

    def write(self, piece: bytes) -> None:
        if self.manifest is not None:
            self._take(piece)
            return
        self._begun += piece
        line, end, rest = self._begun.partition(b"\n")
        if end:
            try:
                self.manifest = msgspec.json.decode(line, type=Manifest)
            except (msgspec.DecodeError, UnicodeDecodeError):
                raise Refused("The manifest of this backup cannot be read.") from None
            self._take(rest)
        elif len(line) > LINE_AT_MOST:
            raise Refused("The manifest of this backup cannot be read.")


class _Sink:
    """What pyrage writes to. It forgets errors of its last piece and the kind of all others: they are kept here."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self.failed: BaseException | None = None

    def write(self, piece: bytes) -> int:
        try:
            self._write(piece)
        except BaseException as error:
            self.failed = self.failed or error
            raise
        return len(piece)

    def flush(self) -> None:
        pass


class _Source:
    """What pyrage reads from: pieces of any length."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._left = pieces, b""
        self.failed: BaseException | None = None

    def read(self, size: int) -> bytes:
        try:
            while not self._left:
                piece = next(self._pieces, None)
                if piece is None:
                    return b""
                self._left = piece
        except BaseException as error:
            self.failed = error
            raise
        given, self._left = self._left[:size], self._left[size:]
        return given


def _seal(source: _Source, sink: _Sink, recipients: list[Recipient]) -> None:
    reader, writer = cast("BufferedIOBase", source), cast("BufferedIOBase", sink)
    try:
        pyrage.encrypt_io(reader, writer, recipients)
    except pyrage.EncryptError:
        _raise_first(source, sink)
        raise
    _raise_first(sink)


def _raise_first(*streams: _Source | _Sink) -> None:
    for one in streams:
        if one.failed is not None:
            raise one.failed
