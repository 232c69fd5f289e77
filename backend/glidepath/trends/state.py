"""All that is carried from day to day, of one size however long the diary."""

import base64
import math
import zlib
from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from glidepath.trends.settings import Settings
from glidepath.trends.tables import Floats, Ints, Tables, tables

# Texts that do not begin so are older: of base 85, which Python takes a hundred times as long to read.
_BASE_64: Final = "64:"


class State(NamedTuple):
    """`x` and `w` are the stories of pain (see stories.py), `nerve` and `place` the weights of what
    is usual and `..._after` of what came after each onset (see counts.py).

    Slots hold the day numbers of possible `onset`s (-1: empty), and the chance that a worsening
    began then (`prior`); `odds` rows pain, nerve, place and all together say how likely each was on the last day.
    `clock` is the first day, the last logged day, and how many were logged.
    """

    x: Floats
    w: Floats
    nerve: Floats
    nerve_after: Floats
    place: Floats
    place_after: Floats
    odds: Floats
    prior: Floats
    onset: Ints
    clock: Ints


def fresh(settings: Settings) -> State:
    """Before the first day."""
    t, slots = tables(settings), settings.onsets
    x, w = _stories(t, slots)
    return State(
        x=x,
        w=w,
        nerve=t.nerve.start.copy(),
        nerve_after=np.zeros((slots, t.nerve.left.size)),
        place=t.place.start.copy(),
        place_after=np.zeros((slots, t.place.left.size)),
        odds=np.zeros((4, slots)),
        prior=np.zeros(slots),
        onset=np.full(slots, -1),
        clock=np.zeros(3, dtype=np.int64),
    )


def _stories(t: Tables, slots: int) -> tuple[Floats, Floats]:
    """The usual course alone, at every noise level."""
    shape = t.reading_var.size, 1 + 3 * slots
    x, w = np.zeros((9, *shape)), np.zeros(shape)
    x[0, :, 0], x[1, :, 0] = t.level_mean, t.slope_mean
    x[3, :, 0], x[6, :, 0], x[8, :, 0] = t.level_var, t.slope_var, t.carry_var
    w[:, 0] = t.noise_prior
    return x, w


def copied(state: State) -> State:
    return State._make(part.copy() for part in state)


@cache
def _shapes(settings: Settings) -> list[tuple[np.dtype[Any], tuple[int, ...]]]:
    return [(part.dtype, part.shape) for part in fresh(settings)]


def pack(state: State) -> str:
    """The exact numbers as text."""
    # Framed and checked by zlib but not made smaller: it would save a twentieth, and take a tenth of a millisecond.
    raw = b"".join(part.astype(part.dtype.newbyteorder("<")).tobytes() for part in state)
    return _BASE_64 + base64.b64encode(zlib.compress(raw, 0)).decode()


def _decoded(text: str) -> bytes:
    if text.startswith(_BASE_64):
        return base64.b64decode(text.removeprefix(_BASE_64), validate=True)
    return base64.b85decode(text)


def unpack(text: str, settings: Settings) -> State:
    """The inverse of `pack`.

    Raises ValueError when the text is not that of a state under these settings.
    """
    raw, at = zlib.decompress(_decoded(text)), 0
    parts: list[NDArray[Any]] = []
    for dtype, shape in _shapes(settings):
        part = np.frombuffer(raw, dtype.newbyteorder("<"), math.prod(shape), at)
        parts.append(part.astype(dtype).reshape(shape))
        at += part.nbytes
    if at != len(raw):
        raise ValueError("a state of another size")
    return State._make(parts)
