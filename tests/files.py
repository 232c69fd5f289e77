"""Files as admins bring them in."""

from base64 import b64encode
from collections.abc import Iterable
from typing import Any

import httpx

PATIENTS = "key,name,language,condition,side,started_on,timezone,therapist"
DIARY = "patient,date,pain,nerve,place,sensations,notes"


def lines(header: str, *rows: str) -> bytes:
    return "\r\n".join([header, *rows, ""]).encode()


async def bring(
    admin: httpx.AsyncClient, kind: str, file: bytes, seen: str | None = None
) -> httpx.Response:
    body = {"kind": kind, "file": b64encode(file).decode(), "seen": seen}
    return await admin.post("/api/imports", json=body)


async def told(admin: httpx.AsyncClient, kind: str, file: bytes) -> dict[str, Any]:
    answer = await bring(admin, kind, file)
    assert answer.status_code == 200, answer.text
    findings: dict[str, Any] = answer.json()
    assert not findings["made"]
    return findings


async def imported(admin: httpx.AsyncClient, kind: str, file: bytes) -> dict[str, Any]:
    """As the page does it: told first, then brought in by what was told."""
    findings = await told(admin, kind, file)
    assert findings["problems"] == [], findings["problems"]
    answer = await bring(admin, kind, file, findings["sha256"])
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    assert made == findings | {"made": True}
    return made


def places(problems: Iterable[dict[str, Any]]) -> list[tuple[int, str | None]]:
    return [(one["line"], one["column"]) for one in problems]
