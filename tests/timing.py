"""Whether the time of an answer tells two kinds of questions apart."""

import random
import time
from collections.abc import Awaitable, Callable, Sequence

# Asks, and returns when there is an answer.
Ask = Callable[[], Awaitable[object]]


async def rank_auc(known: Sequence[Ask], unknown: Sequence[Ask], seed: int) -> float:
    """How often one of the first takes longer than one of the others; a half says nothing."""
    order = [(True, one) for one in known] + [(False, one) for one in unknown]
    random.Random(seed).shuffle(order)
    times = list[tuple[float, bool]]()
    for is_known, ask in order:
        began = time.perf_counter()
        await ask()
        times.append((time.perf_counter() - began, is_known))
    ranks = sum(rank for rank, (_, is_known) in enumerate(sorted(times), start=1) if is_known)
    count = len(known)
    return (ranks - count * (count + 1) / 2) / (count * len(unknown))
