"""Long tests of promises that a patient's safety rests on: `make assurance`, not `make test`."""

import os
from pathlib import Path

import pytest

from tests.browser.conftest import address, chromium, device, therapist

__all__ = ["address", "chromium", "device", "therapist"]

# How often each fault is tried.
RUNS = int(os.environ.get("GLIDEPATH_ASSURANCE_RUNS", "20"))
KILLS = int(os.environ.get("GLIDEPATH_ASSURANCE_KILLS", "50"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.assurance)
