"""What people write freely is sealed before it reaches the database: AES-256-GCM, a key apart from the data.

A sealed text says which key sealed it. The first key of `GLIDEPATH_FIELD_KEYS` seals, all of them open;
`glidepath keys rotate` seals anew what another one sealed, and what was written before there were any. The
column is part of what is authenticated, so that a text cannot be moved to another.
"""

import base64
import hashlib
import os
from collections.abc import Callable, Iterable
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect, Text
from sqlalchemy.sql.operators import is_, is_not
from sqlalchemy.types import TypeDecorator

from glidepath.own_keys import own_key
from glidepath.settings import Settings

PREFIX: Final = "gp1:"
NONCE: Final = 12


class SealError(Exception):
    """A text cannot be opened; the message names the column and the key, and nothing else."""


class Keyring:
    """Keys by their names, which are the beginnings of their hashes. It prints nothing of them."""

    def __init__(self, keys: list[bytes]) -> None:
        """Of 32 bytes each; the first one seals."""
        self._keys = {hashlib.sha256(key).hexdigest()[:8]: AESGCM(key) for key in keys}
        self.first = next(iter(self._keys))

    @property
    def sealed_by_first(self) -> str:
        """How every text begins that the first key sealed."""
        return f"{PREFIX}{self.first}:"

    def lacks(self, names: Iterable[str]) -> list[str]:
        """Of the names of keys those that it has none of; "" is of what is not sealed."""
        return sorted({name for name in names if name} - self._keys.keys())

    def seal(self, text: str, place: str) -> str:
        nonce = os.urandom(NONCE)
        sealed = self._keys[self.first].encrypt(nonce, text.encode(), place.encode())
        return self.sealed_by_first + base64.b64encode(nonce + sealed).decode()

    def open(self, kept: str, place: str) -> str:
        """Also of what was written before anything was sealed. Raises SealError."""
        if not kept.startswith(PREFIX):
            return kept
        name, _, packed = kept.removeprefix(PREFIX).partition(":")
        if name not in self._keys:
            raise SealError(
                f"{place} was sealed with key {name}, which GLIDEPATH_FIELD_KEYS lacks."
            )
        try:
            raw = base64.b64decode(packed, validate=True)
            return self._keys[name].decrypt(raw[:NONCE], raw[NONCE:], place.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise SealError(f"{place} does not open with key {name}: it was changed.") from error


def new_key() -> str:
    """For one thing alone, kept sealed beside it: throwing it away throws that away."""
    return os.urandom(32).hex()


def seal_bytes(key: str, content: bytes, place: str) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(bytes.fromhex(key)).encrypt(nonce, content, place.encode())


def open_bytes(key: str, kept: bytes, place: str) -> bytes:
    """Raises SealError."""
    try:
        return AESGCM(bytes.fromhex(key)).decrypt(kept[:NONCE], kept[NONCE:], place.encode())
    except InvalidTag as error:
        raise SealError(f"{place} does not open: it was changed.") from error


_ring: Callable[[], Keyring] | Keyring | None = None


def use(settings: Settings) -> None:
    """From here on this process seals and opens with the keys of these settings."""
    global _ring  # noqa: PLW0603 (a column's type belongs to no connection that could carry them)
    _ring = lambda: ring_of(settings)  # noqa: E731 (nothing is read or made before it is needed)


def ring_of(settings: Settings) -> Keyring:
    keys = settings.field_keys or own_key(settings.data_dir, "field")
    return Keyring([bytes.fromhex(key) for key in keys.split()])


def ring() -> Keyring:
    """Of this process."""
    global _ring  # noqa: PLW0603
    if _ring is None:
        raise SealError("No keys were given to seal texts with.")
    if not isinstance(_ring, Keyring):
        _ring = _ring()
    return _ring


class Sealed(TypeDecorator[str]):
    """A text that the database cannot read, and so cannot compare or search: only whether there is one."""

    impl = Text
    cache_ok = True

    class Comparator(TypeDecorator.Comparator[str]):
        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            if op not in (is_, is_not):
                raise TypeError("What is sealed cannot be compared in the database.")
            return super().operate(op, *other, **kwargs)

    comparator_factory = Comparator

    def __init__(self, place: str) -> None:
        """`place` is "table.column"; a text opens in no other."""
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, _: Dialect) -> str | None:
        return None if value is None else ring().seal(value, self.place)

    def process_result_value(self, value: str | None, _: Dialect) -> str | None:
        return None if value is None else ring().open(value, self.place)
