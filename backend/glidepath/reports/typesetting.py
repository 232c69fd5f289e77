"""From blocks of words and numbers to a tagged PDF (PDF/UA-1)."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct

from glidepath.problems import Unavailable

_DATA: Final = Path(__file__).parent / "data"
# Far beyond what any takes: a reader is told to come back rather than left waiting.
SECONDS: Final = 10.0
# A file of this size sets itself in a fraction of a second; more at once would take the cores from the diary.
_typesetters = ThreadPoolExecutor(1, "typesetting")
Paper = Literal["a4", "us-letter"]


class Report(Struct):
    """What stands on the pages, in one language. `blocks` are what `data/report.typ` knows."""

    lang: str
    paper: Paper
    title: str
    clinic: str
    patient: str
    about: str
    made: str
    footer: str
    blocks: list[dict[str, Any]]


@cache
def _typst() -> ModuleType:
    """Loaded with the first report: few processes make one."""
    return import_module("typst")


@cache
def _fonts(*, systems: bool) -> Any:
    return _typst().Fonts(
        include_system_fonts=systems,
        include_embedded_fonts=True,
        font_paths=[str(_DATA / "fonts")],
    )


async def typeset(report: Report, on: date) -> bytes:
    """Unavailable where it takes too long. The same report of the same day is the same file."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(SECONDS):
            return await loop.run_in_executor(_typesetters, typeset_now, report, on)
    except TimeoutError as error:
        raise Unavailable("The report takes too long. Try again, or choose fewer days.") from error


def typeset_now(report: Report, on: date) -> bytes:
    """With the fonts that come along, which write Latin, Greek and Cyrillic: the same file everywhere. What they lack
    the system's may have; what nobody has is there to be read aloud and copied, without the claim of PDF/UA."""
    tries: tuple[tuple[bool, list[Literal["ua-1"]]], ...] = (
        (False, ["ua-1"]),
        (True, ["ua-1"]),
        (True, []),
    )
    for systems, standards in tries[:-1]:
        try:
            return _compile(report, on, systems=systems, standards=standards)
        except _typst().TypstError as error:
            if "could not be displayed" not in str(error):
                raise
    systems, standards = tries[-1]
    return _compile(report, on, systems=systems, standards=standards)


def _compile(report: Report, on: date, *, systems: bool, standards: list[Literal["ua-1"]]) -> bytes:
    made = _typst().compile(
        _DATA / "report.typ",
        root=_DATA,
        font_paths=_fonts(systems=systems),
        sys_inputs={
            "report": msgspec.json.encode(report).decode(),
            "lacking": "no" if standards else "yes",
        },
        format="pdf",
        pdf_standards=list(standards),
        timestamp=datetime.combine(on, time(), UTC),
    )
    assert isinstance(made, bytes)
    return made
