"""Long tests of promises that a patient's safety rests on: `make assurance`, not `make test`."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Page

from glidepath.settings import Settings
from tests.api.conftest import furnisher
from tests.assurance.mutants import Mutant
from tests.assurance.network import Proxy
from tests.browser import patients
from tests.browser.conftest import address, device, laptop, phone, serving, therapist

__all__ = ["address", "device", "furnisher", "laptop", "phone", "therapist"]

# How often each fault is tried.
RUNS = int(os.environ.get("GLIDEPATH_ASSURANCE_RUNS", "20"))
KILLS = int(os.environ.get("GLIDEPATH_ASSURANCE_KILLS", "50"))
# How many patients try to send an entry twice, fifty times each.
SENDERS = int(os.environ.get("GLIDEPATH_ASSURANCE_SENDERS", "10"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.assurance)
            if "chromium" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.browser)


def at_most(tries: int) -> str:
    """What no failure in so many tries tells, with 95 % certainty, of how often there is one; `scripts/bounds.py` adds up
    the tries of all runs."""
    return f"at most {min(1, 3 / tries):.2%} of all (95 %, {tries} tried)"


@pytest.fixture
def code(laptop: Page) -> Callable[[], str]:
    """Admits a patient; the joining code."""
    return lambda: patients.admit(laptop, str(uuid4()))


@pytest.fixture
def behind_proxy(
    settings: Settings, address: str, tmp_path: Path
) -> Iterator[Callable[..., Proxy]]:
    """A bad network before the application, or before a server with a mutant of its front end."""
    with ExitStack() as stack:

        def make(mutant: Mutant | None = None) -> Proxy:
            server = address
            if mutant:
                server = stack.enter_context(serving(settings, web=mutant.build(tmp_path)))
            return stack.enter_context(proxied(server))

        yield make


@contextmanager
def proxied(server: str) -> Iterator[Proxy]:
    proxy = Proxy(urlsplit(server).port or 0)
    yield proxy
    proxy.close()
