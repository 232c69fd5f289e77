"""One question again and again: what the server takes for it, and how much it answers."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec
import numpy as np

from caseload.signing_in import OURS

WARM_UP, REQUESTS = 30, 200


@dataclass(frozen=True)
class Served:
    """Milliseconds of each request, and of them the work of the server's process."""

    took: Sequence[float]
    worked: Sequence[float]
    statements: set[int]
    packed: int
    plain: int
    body: Any

    def took_at(self, percent: float) -> float:
        return float(np.percentile(self.took, percent))

    def worked_at(self, percent: float) -> float:
        return float(np.percentile(self.worked, percent))


def ask(address: str, cookie: str, path: str, requests: int = REQUESTS) -> Served:
    took, worked, statements = [], [], set()
    headers = OURS | {"cookie": cookie, "accept-encoding": "gzip"}
    with httpx.Client(base_url=address, headers=headers, timeout=60) as browser:
        for number in range(WARM_UP + requests):
            with browser.stream("GET", path) as answer:
                body = b"".join(answer.raise_for_status().iter_raw())
            if number < WARM_UP:
                continue
            told = answer.headers["server-timing"].split(", ")
            total, work, count = (float(one.partition("dur=")[2]) for one in told)
            took.append(total)
            worked.append(work)
            statements.add(int(count))
    is_packed = answer.headers.get("content-encoding") == "gzip"
    plain = gzip.decompress(body) if is_packed else body
    return Served(took, worked, statements, len(body), len(plain), msgspec.json.decode(plain))
