"""Files in one file, each with its count and its checksum."""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

MANIFEST: Final = "manifest.json"


class Listed(Struct, frozen=True):
    """`count`: rows, resources or lines; None for a text. `size` in bytes."""

    name: str
    count: int | None
    size: int
    sha256: str


class Archive:
    """A zip in memory. Closed, it holds a manifest of all the rest."""

    def __init__(self, made_at: datetime) -> None:
        self._made_at = made_at
        self._raw = io.BytesIO()
        self._zip = zipfile.ZipFile(self._raw, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self.files: list[Listed] = []

    def add(self, name: str, content: bytes, count: int | None) -> None:
        self.add_parts(name, (content,), count)

    def add_parts(self, name: str, parts: Iterable[bytes], count: int | None) -> None:
        digest, size = hashlib.sha256(), 0
        with self._zip.open(self._info(name), "w") as file:
            for part in parts:
                file.write(part)
                digest.update(part)
                size += len(part)
        self.files.append(Listed(name, count, size, digest.hexdigest()))

    def close(self, **about: Any) -> bytes:
        """`about` stands in the manifest before the list."""
        manifest = {**about, "made_at": self._made_at, "files": self.files}
        whole = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
        self._zip.writestr(self._info(MANIFEST), whole)
        self._zip.close()
        return self._raw.getvalue()

    def _info(self, name: str) -> zipfile.ZipInfo:
        # The moment of the export, on every file: when a row was changed is in the row.
        info = zipfile.ZipInfo(name, self._made_at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        return info


def json_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A JSON list, an element a line."""
    lines = [msgspec.json.encode(row) for row in rows]
    return b"[\n" + b",\n".join(lines) + b"\n]\n" if lines else b"[]\n"
