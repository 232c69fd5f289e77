"""Exponentials, several at a time."""

import numpy as np
import pytest

from glidepath.trends.compiled import exponentials


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
