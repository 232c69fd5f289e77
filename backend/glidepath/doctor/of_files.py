"""What is kept beside the database: backups, the ends of the audit trails, who was erased."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from glidepath.audit import anchors, verifying
from glidepath.audit.anchors import End
from glidepath.audit.keys import key_of
from glidepath.backups.container import Refused, read_header
from glidepath.database.engine import Database
from glidepath.doctor.findings import Finding, note, well, wrong
from glidepath.identity import service as identity
from glidepath.records import erasure_list
from glidepath.settings import Settings
from glidepath.watch.readiness import DISK_LEAST

# One a night, and the time that it takes.
BACKUP_EVERY: Final = timedelta(hours=26)
# What was erased is in older ones (docs/privacy.md).
BACKUP_ENDS: Final = timedelta(days=35)
# The worker anchors every four minutes.
ANCHORED_WITHIN: Final = timedelta(minutes=10)


def backups(folder: Path | None, now: datetime) -> Iterator[Finding]:
    if folder is None:
        yield note("backups", "are not looked at, since GLIDEPATH_BACKUP_FOLDER is not set")
        return
    if not folder.is_dir():
        yield wrong(
            "backups", f"{folder} is no folder; make it, or correct GLIDEPATH_BACKUP_FOLDER."
        )
        return
    made = list[datetime]()
    for file in sorted(folder.glob("*.backup")):
        try:
            made.append(read_header(file).at)
        except Refused as error:
            yield wrong("backups", f"{error.message} Remove it.")
    yield _newest(folder, made, now)
    old = sum(now - one > BACKUP_ENDS for one in made)
    if old:
        yield wrong(
            "backups",
            f"{old} are older than {BACKUP_ENDS.days} days, with records in them that were erased since; remove them.",
        )
    begun = sum(
        now.timestamp() - one.stat().st_mtime > BACKUP_EVERY.total_seconds()
        for one in folder.glob(".*.backup.part")
    )
    if begun:
        yield note(
            "backups", f"{begun} were begun and not ended; remove .*.backup.part in {folder}"
        )
    usage = shutil.disk_usage(folder)
    if usage.free / usage.total < DISK_LEAST:
        yield wrong(
            "backups", f"{usage.free / usage.total:.0%} of their disk is free; take a larger one."
        )


def _newest(folder: Path, made: list[datetime], now: datetime) -> Finding:
    if not made:
        return wrong("backups", f"None is in {folder}; run `glidepath backup` every night.")
    hours = (now - max(made)) / timedelta(hours=1)
    if now - max(made) > BACKUP_EVERY:
        return wrong(
            "backups",
            f"The newest is {hours:.0f} hours old; see why `glidepath backup` did not run last night.",
        )
    return well(
        "backups",
        f"the newest is {hours:.0f} hours old; `glidepath drill` tries whether it is good",
    )


async def trails(database: Database, settings: Settings, now: datetime) -> Iterator[Finding]:
    assert settings.audit_anchor is not None
    file, ends = settings.audit_anchor, await verifying.ends(database)
    written_at = datetime.fromtimestamp(file.stat().st_mtime, UTC) if file.exists() else None
    found = [anchored(file, ends, anchors.read(file), written_at, now)]
    if settings.audit_key or (settings.data_dir / "audit.key").exists():
        key = key_of(settings)
        others = [
            one.clinic_id
            for one in ends
            if not await verifying.is_sealed_with(database, key, one.clinic_id)
        ]
        if others:
            found.append(
                wrong(
                    "audit key",
                    f"The trail of clinic {others[0]} was begun with another one; set GLIDEPATH_AUDIT_KEY to that.",
                )
            )
    return iter(found)


def anchored(
    file: Path,
    ends: Sequence[End],
    kept: Mapping[UUID, Mapping[int, bytes]],
    written_at: datetime | None,
    now: datetime,
) -> Finding:
    """`written_at`: when a line was last added to the file, None where it is not there."""
    if written_at is None:
        if not ends:
            return well("anchors", "there is no trail yet")
        return note(
            "anchors", f"are not in {file}: ask with the settings of the worker, who writes them"
        )
    by_clinic = {one.clinic_id: one for one in ends}
    for clinic_id, hashes in kept.items():
        end = by_clinic.get(clinic_id)
        if end is None or end.seq < max(hashes) or hashes.get(end.seq, end.hash) != end.hash:
            return wrong(
                "anchors",
                f"The trail of clinic {clinic_id} does not end where it was anchored; unless the database was "
                "restored from a backup, run `glidepath audit verify` and find out who changed it.",
            )
    grown = [one for one in ends if one.seq > max(kept.get(one.clinic_id, {0: b""}))]
    if grown and now - written_at > ANCHORED_WITHIN:
        return wrong(
            "anchors",
            f"{len(grown)} trails have grown since {written_at:%Y-%m-%d %H:%M} UTC, when a line was last added to "
            f"{file}; see whether the worker runs and may write there.",
        )
    return well("anchors", f"{len(kept)} trails end where they were anchored, or later")


async def erased(database: Database, settings: Settings) -> Finding:
    assert settings.erasure_list is not None
    listed, missing, count = erasure_list.read(settings.erasure_list), 0, 0
    async with database.reading() as session:
        clinics = await identity.clinic_ids(session)
    for clinic_id in clinics:
        async with database.reading(clinic_id) as session:
            gone = await identity.erased(session)
        count += len(gone)
        missing += len(set(gone) - listed.get(clinic_id, set()))
    if missing:
        return wrong(
            "erasure list",
            f"{missing} of {count} erased records are not in {settings.erasure_list}, and a restored backup would bring "
            "them back; see whether the worker runs and may write there, or copy the list back.",
        )
    return well("erasure list", f"has all {count} records that were erased")
