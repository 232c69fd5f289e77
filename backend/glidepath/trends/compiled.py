"""The one door to the compiler: functions over arrays, compiled once and kept on disk."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, ParamSpec, TypeVar, cast

import numba
import numpy as np
from numba.core.caching import CompileResultCacheImpl, FunctionCache, InTreeCacheLocator
from numpy.typing import NDArray

P = ParamSpec("P")
R = TypeVar("R")

# Sums may be taken in another order, so that several numbers are added at once; NaN stays NaN.
FASTER = frozenset({"reassoc", "contract", "arcp", "nsz"})

LOG2_E, LN_2 = 1.4426950408889634, 0.6931471805599453
# Beyond these an exponential is nothing, or too much.
LOWEST, HIGHEST = -700.0, 700.0


class _Beside(InTreeCacheLocator):
    """Beside the source, also where that can only be read, as in a container or under systemd."""

    def ensure_cache_path(self) -> None:
        pass


class _Places(CompileResultCacheImpl):
    _locator_classes = [*CompileResultCacheImpl._locator_classes, _Beside]  # noqa: RUF012, SLF001


class _Kept(FunctionCache):
    """Without it the library refuses to work where nothing can be kept."""

    _impl_class = _Places

    def save_overload(self, sig: Any, data: Any) -> None:
        with suppress(OSError):
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]


def compiled(function: Callable[P, R], *, faster: frozenset[str] = FASTER) -> Callable[P, R]:
    """Twenty times as fast as the same steps in array operations, which are too short to pay."""
    dispatcher: Any = numba.njit(fastmath=set(faster))(function)
    # Its own way, `cache=True`, asks for a place to write to.
    dispatcher._cache = _Kept(function)  # type: ignore[no-untyped-call]  # noqa: SLF001
    return cast("Callable[P, R]", dispatcher)


@partial(compiled, faster=FASTER - {"reassoc"})
def exponentials(x: NDArray[np.float64]) -> None:
    """Replaces every number by its exponential, to twelve digits; those beyond what 64 bits hold
    count as the last that fits.

    numpy's takes one number at a time in compiled code; this takes four, in less than half the time.
    """
    powers = np.empty(x.size, np.int64)
    for i in range(x.size):
        t = min(max(x[i], LOWEST), HIGHEST) * LOG2_E
        whole = np.floor(t + 0.5)
        # The exponent of a 64-bit number, put where its bits are.
        powers[i] = (np.int64(np.int32(whole)) + 1023) << 52
        rest = (t - whole) * LN_2
        # Taylor's series, from its last term on; |rest| < 0.35.
        sum_ = 1 / 3628800
        for factorial in (362880, 40320, 5040, 720, 120, 24, 6, 2, 1, 1):
            sum_ = sum_ * rest + 1 / factorial
        x[i] = sum_
    scale = powers.view(np.float64)
    for i in range(x.size):
        x[i] *= scale[i]
