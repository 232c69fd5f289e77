"""Every hostile text in every field, on every screen of therapists and patients that shows it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.test_hostile import AT_WORK, Clinic, Watch, by_name, clinic, on_the_phone
from tests.hostile import LINES, PROSE

__all__ = ["clinic"]

PARTS = 8
TEXTS = [
    *((line, line) for line in LINES),
    *((f"Prose {number}", text) for number, text in enumerate(PROSE)),
]


@by_name
@pytest.mark.parametrize("part", range(PARTS))
def test_no_hostile_text_is_ever_more_than_a_text(
    part: int,
    clinic: Clinic,
    device: Callable[..., BrowserContext],
    address: str,
    report: Callable[[str], None],
):
    texts = TEXTS[part::PARTS]
    stories = [clinic.written(*text) for text in texts]
    for where in AT_WORK:
        usual = clinic.at_work(clinic.control, where)
        for story in stories:
            assert clinic.at_work(story, where, usual) == usual, story.text
    clinic.in_lists([clinic.control, *stories])
    # Without a worker, which would first fetch the whole app for each of so many patients.
    phone = Watch(device(is_mobile=True, has_touch=True, worker=False))
    usual_phone = on_the_phone(phone, address, clinic.control)
    for story in stories:
        phone.forget(address)
        assert on_the_phone(phone, address, story, usual_phone) == usual_phone, story.text
    report(
        f"hostile texts, part {part + 1} of {PARTS}: {len(texts)} of {len(TEXTS)} in every field and "
        "on every screen, 0 executed, 0 elements more, all kept byte by byte"
    )
