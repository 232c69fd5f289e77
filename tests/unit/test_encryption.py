"""What is sealed opens with its key, in its place, unchanged, and not otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from glidepath.database.encryption import Keyring, SealError
from glidepath.diary.models import CheckIn

ONE, OTHER = Keyring([b"\x01" * 32]), Keyring([b"\x02" * 32])
PLACE = "check_ins.note"


@given(st.text(max_size=2000).filter(lambda text: "\0" not in text))
def test_what_is_sealed_opens_as_it_was_and_never_looks_the_same(written: str):
    sealed = ONE.seal(written, PLACE)
    assert ONE.open(sealed, PLACE) == written
    assert ONE.seal(written, PLACE) != sealed


def test_a_text_opens_with_no_other_key_in_no_other_place_and_not_when_it_was_changed():
    sealed = ONE.seal("tingles", PLACE)
    for ring, kept, place in (
        (OTHER, sealed, PLACE),
        (ONE, sealed, "messages.text"),
        (ONE, sealed[:-8] + ("A" if sealed[-8] != "A" else "B") + sealed[-7:], PLACE),
        (ONE, sealed[: len(sealed) // 2], PLACE),
        (ONE, ONE.sealed_by_first, PLACE),
    ):
        with pytest.raises(SealError) as refused:
            ring.open(kept, place)
        assert "tingles" not in str(refused.value)


def test_what_was_written_before_there_were_keys_is_read_as_it_is():
    assert ONE.open("plain", PLACE) == "plain"


def test_a_keyring_prints_no_key():
    assert "01" * 8 not in repr(ONE) + str(vars(ONE))


def test_the_database_is_never_asked_to_compare_what_is_sealed():
    select(CheckIn).where(CheckIn.note.is_not(None))
    with pytest.raises(TypeError):
        select(CheckIn).where(CheckIn.note == "x")
    with pytest.raises(TypeError):
        CheckIn.note.like("x%")
