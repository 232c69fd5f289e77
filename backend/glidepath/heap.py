"""One heap for all threads of a process."""

import ctypes
from contextlib import suppress
from typing import Final

# In glibc's malloc.h.
_M_ARENA_MAX: Final = -8


def share() -> None:
    """glibc gives threads heaps of their own, and what one thread is done with is then of no use to the others.
    It decides that with its first threads, so this is said before them. Other C libraries know no such thing."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
