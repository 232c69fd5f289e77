"""Secrets: made here, compared as hashes, never stored or logged."""

import asyncio
import hashlib
import os
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from glidepath.identity.passphrases import normal
from glidepath.problems import Busy

T = TypeVar("T")

# argon2id, 19 MiB and two passes: the smaller of the two settings OWASP ASVS 5.0 names.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Somebody without an account must wait as long as somebody with one.
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))

AT_ONCE: Final = 1
# How many may wait to be hashed; who comes after is told so at once.
WAITING: Final = 5
# So many more, for browsers that were let in before: a flood of strangers does not reach them.
KEPT_FOR_KNOWN: Final = 10
# While others wait, hashing rests for REST times as long as it worked: a flood gets a sixth of one core, and
# somebody's turn still comes within a second or two.
REST: Final = 5

# Letters and digits that cannot be taken for one another when read out or typed.
CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8


def _let_others_go_first() -> None:
    """Threads of Linux have a priority of their own: whoever reads the diary comes before whoever is hashed for."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


# Hashing takes a core, and its memory slows the others down: one at a time leaves the machine to the diary.
_one_at_a_time = ThreadPoolExecutor(AT_ONCE, "hashing", _let_others_go_first)
_asked = 0
_has_a_place: ContextVar[bool] = ContextVar("_has_a_place", default=False)


def _is_full(known: bool, there: int) -> bool:
    return there > AT_ONCE + WAITING + (KEPT_FOR_KNOWN if known else 0)


@contextmanager
def a_place(*, known: bool = False) -> Iterator[None]:
    """Around all that belongs to one try of a secret, the database's part too: of a flood nothing more goes on
    than can be hashed for. Busy where there is none."""
    global _asked  # noqa: PLW0603 (of the process, as its threads are)
    if _is_full(known, _asked + 1):
        raise Busy
    _asked += 1
    had = _has_a_place.set(True)
    try:
        yield
    finally:
        _has_a_place.reset(had)
        _asked -= 1


def require_known() -> None:
    """Whoever took a place that is kept for known browsers and is not known gives it up."""
    if _is_full(known=False, there=_asked):
        raise Busy


async def hashing(work: Callable[[], T], *, known: bool = False) -> T:
    """The one way to a thread that hashes. Busy where too many wait already."""
    with nullcontext() if _has_a_place.get() else a_place(known=known):
        return await asyncio.get_running_loop().run_in_executor(_one_at_a_time, _with_a_rest, work)


def _with_a_rest(work: Callable[[], T]) -> T:
    began = time.perf_counter()
    try:
        return work()
    finally:
        if _asked > AT_ONCE:
            time.sleep(REST * (time.perf_counter() - began))


def digest(secret: str) -> bytes:
    """SHA-256 of a secret that is already random; a guessable one goes through argon2."""
    return hashlib.sha256(secret.encode()).digest()


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """A joining code: 8 characters of 31, about 40 bits, which only a short life makes enough."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def plain_code(typed: str) -> str:
    """A code as people type it: spaces, hyphens and small letters are forgiven."""
    return "".join(character for character in typed.upper() if character.isalnum())


async def hash_passphrase(passphrase: str) -> str:
    return await hashing(lambda: _HASHER.hash(normal(passphrase)))


async def passphrase_matches(passphrase: str, stored: str | None, *, known: bool = False) -> bool:
    """Takes as long for an unknown account (`stored` None) as for a known one.

    `known`: whether it is typed at a browser that was let in before.
    """

    def verify() -> bool:
        try:
            return _HASHER.verify(stored or _NOBODY, normal(passphrase)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False

    return await hashing(verify, known=known)


def is_below_todays(stored: str) -> bool:
    """Whether a hash was made when less was asked for, so that it is to be made anew."""
    return _HASHER.check_needs_rehash(stored)
