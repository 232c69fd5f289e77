"""Entries as a phone writes them, for tests that need no database."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from glidepath.diary.schemas import CheckIn
from tests.clinics import check_in


def entry(happened: datetime, zone: str, **changes: Any) -> CheckIn:
    """What a phone whose wall clock shows `happened` writes."""
    assert happened.tzinfo is not None
    at = happened.isoformat()
    times = {"local_date": at[:10], "happened_at": at, "made_at": at, "zone": zone}
    return msgspec.convert(check_in(**(times | changes)), CheckIn)


def revision(of: CheckIn, made: datetime) -> CheckIn:
    return msgspec.structs.replace(of, id=UUID(str(uuid7())), revises=of.id, made_at=made)
