"""An open page whose connection breaks 500 times knows of everything that was committed (AL-10)."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest

from glidepath.database import listening
from glidepath.database.engine import Database
from glidepath.notify import live as streams
from tests.api.conftest import app, built, clinic
from tests.api.test_live import live
from tests.assurance.conftest import at_most
from tests.clinics import Clinic
from tests.streams import follow_through

__all__ = ["app", "built", "clinic", "live"]

pytestmark = pytest.mark.anyio
BREAKS, SEED = 500, 20260618
# A worse stream, which is caught at the first word that is missing.
AT_MOST = 60


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "RETRY_AFTER", 0.1)


async def test_through_500_breaks_a_page_is_told_of_everything(
    clinic: Clinic, database: Database, live: streams.Live, report: Callable[[str], None]
):
    found = await follow_through(clinic, database, BREAKS, SEED)
    report(
        f"AL-10 {found.breaks} breaks of a page's stream, seed {SEED}, {found.entries} entries before, while and"
        f" after it opened: {found.missed} that it was not told of; a break loses {at_most(BREAKS)}"
    )
    assert found.missed == 0
    assert found.entries > BREAKS


def _says_nothing_at_first(patch: pytest.MonkeyPatch) -> None:
    """As if the page knew all that there is when it opens its stream."""
    patch.setattr(streams._Reader, "miss", lambda _: None)


def _listens_too_late(patch: pytest.MonkeyPatch) -> None:
    """Has the page ask first, and begins to listen for it when it has asked."""

    @contextmanager
    def present(live: streams.Live, clinic_id: UUID, reader: streams._Reader) -> Iterator[None]:
        readers = live._readers[clinic_id]
        late = asyncio.get_running_loop().call_later(0.05, readers.add, reader)
        try:
            yield
        finally:
            late.cancel()
            readers.discard(reader)

    patch.setattr(streams.Live, "_present", present)


@pytest.mark.parametrize("worse", [_says_nothing_at_first, _listens_too_late])
async def test_a_stream_that_leaves_something_out_is_caught(
    clinic: Clinic,
    database: Database,
    live: streams.Live,
    monkeypatch: pytest.MonkeyPatch,
    worse: Callable[[pytest.MonkeyPatch], None],
):
    worse(monkeypatch)
    found = await follow_through(clinic, database, AT_MOST, SEED, until_missed=True)
    assert found.missed > 0
