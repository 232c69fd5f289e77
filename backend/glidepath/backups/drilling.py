"""Tries whether a backup is one: brings it back into a database that is thrown away, and asks what would be asked then."""

from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import click

from glidepath.audit import anchors, verifying
from glidepath.audit.keys import key_of
from glidepath.backups.container import Manifest
from glidepath.database import encryption, migrate, resealing
from glidepath.database.engine import Database
from glidepath.database.revisions import revisions
from glidepath.records import erasing
from glidepath.settings import Settings
from glidepath.startup import Addresses, step

# The worker names the time, and reads the ends of the chains after that.
ANCHORED_BEFORE: Final = timedelta(minutes=1)


class Found(NamedTuple):
    clinics: int
    events: int
    erased_again: int


async def examine(restored: Addresses, manifest: Manifest, settings: Settings) -> Found:
    """Raises a sentence where the installation would not be back with these settings."""
    if manifest.header.revision != revisions()[1]:
        with step("Bringing it to the newest revision"):
            migrate.upgrade(restored.owner)
    with step("Looking for the keys of what is sealed"):
        missing = encryption.ring_of(settings).lacks(resealing.status(restored.owner))
        if missing:
            raise click.ClickException(
                f"GLIDEPATH_FIELD_KEYS lacks key {' and '.join(missing)}, with which some of this is sealed."
            )
    database, owner = Database(restored.app, pool_size=1), Database(restored.owner, pool_size=1)
    try:
        with step("Recomputing the audit trails"):
            verdicts = await _verify(database, settings, manifest.header.at)
        with step("Erasing again who was erased since"):
            erased = await erasing.replay(database, owner, settings, datetime.now(UTC))
    finally:
        await database.close()
        await owner.close()
    return Found(len(verdicts), sum(one.events for one in verdicts), erased)


async def _verify(
    database: Database, settings: Settings, made_at: datetime
) -> list[verifying.Verdict]:
    """Against what had been anchored when the backup was made."""
    assert settings.audit_anchor is not None
    anchored = anchors.read(settings.audit_anchor, made_at - ANCHORED_BEFORE)
    verdicts = await verifying.verify(database, key_of(settings), anchored)
    for one in verdicts:
        if one.bad is not None:
            raise click.ClickException(
                f"The audit trail of clinic {one.clinic_id} does not hold together: event {one.bad} {one.reason}."
            )
    return verdicts
