"""Exponentials, several at a time; and what is compiled where nothing can be kept."""

import tempfile
from typing import NoReturn

import numpy as np
import pytest
from numba.core import caching

from glidepath.trends.compiled import compiled, exponentials


def test_exponentials_are_right_to_twelve_digits() -> None:
    exact = np.linspace(-690, 690, 9973)
    found = exact.copy()
    exponentials(found)
    np.testing.assert_allclose(found, np.exp(exact), rtol=1e-12)


@pytest.mark.parametrize("beyond", [-1e9, 1e9])
def test_beyond_the_range_they_stay_finite(beyond: float) -> None:
    found = np.array([beyond])
    exponentials(found)
    assert np.isfinite(found).all()
    assert (found >= 0).all()


def test_where_nothing_can_be_written_it_works_all_the_same(monkeypatch: pytest.MonkeyPatch):
    """As in a container whose files are only read: the library itself refuses to."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise PermissionError

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    monkeypatch.setattr(caching.IndexDataCacheFile, "_open_for_write", refuse)

    @compiled
    def one_more(number: int) -> int:
        return number + 1

    assert one_more(2) == 3
