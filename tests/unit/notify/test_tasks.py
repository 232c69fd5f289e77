"""A job that fails is tried again."""

import pytest
from procrastinate.jobs import Job

from glidepath.notify.tasks import LONGEST_WAIT, UntilDone


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 2), (1, 4), (4, 32), (5, LONGEST_WAIT), (100_000, LONGEST_WAIT)]
)
def test_a_job_that_tells_of_an_alert_is_tried_for_ever_and_soon(attempts: int, seconds: int):
    job = Job(
        id=1,
        queue="glidepath",
        lock=None,
        queueing_lock=None,
        task_name="notify:deliver",
        attempts=attempts,
    )
    retry = UntilDone().get_retry_exception(exception=RuntimeError(), job=job)
    assert retry is not None
    at = retry.retry_decision.retry_at
    assert at is not None
    assert seconds - 1 < (at - at.now(at.tzinfo)).total_seconds() <= seconds
