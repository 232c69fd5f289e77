"""The doctor names each thing that is wrong, once, and says how to mend it; what is well it leaves alone (OP-8)."""

import asyncio
import os
import secrets
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from click.testing import CliRunner

from glidepath import startup
from glidepath.audit.anchors import End
from glidepath.backups import container
from glidepath.backups.container import Header
from glidepath.cli import cli
from glidepath.database.encryption import Keyring
from glidepath.doctor import of_database, of_files, of_settings
from glidepath.doctor.findings import Finding
from glidepath.settings import Settings
from glidepath.watch.readiness import Found
from glidepath.watch.standing import Standing, Watchdog
from glidepath.watch.store import Queue
from tests.mail_servers import certificate, mail_server

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
WELL = Watchdog(NOW, timedelta(seconds=2), None, "well")
CLINIC, OTHER = UUID(int=1), UUID(int=2)
ENDS = [End(CLINIC, 5, b"five")]


def ago(**how_long: int) -> datetime:
    return NOW - timedelta(**how_long)


def bad(found: Iterable[Finding]) -> list[str]:
    return [f"{one.about}: {one.says}" for one in found if one.state == "wrong"]


def standing(**changes: Any) -> Standing:
    queue = changes.pop("queue", Queue(0, None, 0, NOW))
    return Standing(queue, changes.pop("watchdog", WELL), **changes)


def lost(failure: str) -> Watchdog:
    return Watchdog(None, None, failure, "lost")


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (standing(), None),
        (standing(queue=Queue(0, None, 3, NOW)), None),
        (standing(watchdog=Watchdog(None, None, None, "not_set_up")), None),
        (standing(queue=None), "queue: The queue does not answer"),
        (standing(queue=Queue(0, None, 0, None)), "worker: None was ever heard of; start"),
        (standing(queue=Queue(0, None, 0, ago(hours=2))), "since 2026-11-28 10:00 UTC; start"),
        (standing(queue=Queue(4, ago(minutes=7), 0, NOW)), "queue: A job waits for 7 minutes"),
        (standing(watchdog=lost("never")), "watchdog: No round ever ended; start"),
        (standing(watchdog=lost("stopped")), "watchdog: It was heard of once and is silent; start"),
        (standing(watchdog=lost("delivery")), "the worker did not deliver in time"),
        (standing(dead_letters=3), "alerts: 3 deliveries failed for good"),
        (standing(behind=2), "alerts: 2 episodes are not judged"),
        (standing(oldest=ago(hours=1)), "alerts: a delivery waits"),
        (standing(late_alerts=Counter(unowned=1)), "alerts: 1 alerts have nobody"),
        (standing(late_alerts=Counter(spent=1)), "alerts: 1 alerts were told as often"),
        (standing(late_alerts=Counter(overdue=1)), "alerts: 1 alerts were not looked at"),
    ],
)
def test_what_stands_still_is_named(found: Standing, says: str | None):
    told = bad(of_database.standing_of(found, NOW))
    assert len(told) == (says is not None)
    assert says is None or says in told[0]


def test_what_keeps_an_installation_from_being_ready_has_its_remedy():
    for name, remedy in of_database.MEND.items():
        part: Any = {name: Found(is_well=False, says="it is so")}
        assert bad(of_database.ready(part)) == [f"{name}: it is so; {remedy}."]
        part = {name: Found(is_well=True, says="it is so")}
        assert bad(of_database.ready(part)) == []


@pytest.mark.parametrize(
    ("kept", "written_at", "says"),
    [
        ({CLINIC: {5: b"five"}}, ago(hours=9), None),
        ({CLINIC: {4: b"four"}}, ago(minutes=3), None),
        ({}, None, None),
        ({CLINIC: {4: b"four"}}, ago(minutes=30), "1 trails have grown since 2026-11-28 11:30"),
        ({}, ago(minutes=30), "1 trails have grown"),
        ({CLINIC: {6: b"six"}}, ago(minutes=3), f"The trail of clinic {CLINIC} does not end"),
        ({CLINIC: {5: b"else"}}, ago(minutes=3), f"The trail of clinic {CLINIC} does not end"),
        ({OTHER: {1: b"one"}}, ago(minutes=3), f"The trail of clinic {OTHER} does not end"),
    ],
)
def test_a_trail_that_does_not_fit_its_anchors_is_named(
    kept: dict[UUID, dict[int, bytes]], written_at: datetime | None, says: str | None
):
    told = bad([of_files.anchored(Path("anchors.jsonl"), ENDS, kept, written_at, NOW)])
    assert len(told) == (says is not None)
    assert says is None or says in told[0]


def backup(folder: Path, at: datetime) -> None:
    header = msgspec.json.encode(Header(at, "0049", "0.1.0"))
    (folder / f"{at:%Y%m%dT%H}.backup").write_bytes(container.MAGIC + header + b"\n")


def test_a_backup_of_the_last_day_is_missed_and_none_outlives_what_was_erased(tmp_path: Path):
    assert bad(of_files.backups(None, NOW)) == []
    assert "is no folder; make it" in bad(of_files.backups(tmp_path / "none", NOW))[0]
    assert "None is in" in bad(of_files.backups(tmp_path, NOW))[0]
    backup(tmp_path, ago(hours=30))
    assert "The newest is 30 hours old" in bad(of_files.backups(tmp_path, NOW))[0]
    backup(tmp_path, ago(hours=9))
    assert bad(of_files.backups(tmp_path, NOW)) == []
    backup(tmp_path, ago(days=36))
    assert bad(of_files.backups(tmp_path, NOW))[0].startswith("backups: 1 are older than 35 days")
    (tmp_path / "x.backup").write_bytes(b"PGDMP")
    assert (
        "x.backup is no backup of Glidepath. Remove it." in bad(of_files.backups(tmp_path, NOW))[0]
    )


def test_a_backup_that_was_begun_and_never_ended_is_in_the_way(tmp_path: Path):
    backup(tmp_path, ago(hours=1))
    part = tmp_path / ".b.backup.part"
    part.write_bytes(b"")
    for begun, told in ((NOW, 0), (ago(days=2), 1)):
        os.utime(part, (begun.timestamp(), begun.timestamp()))
        found = [one for one in of_files.backups(tmp_path, NOW) if one.state == "note"]
        assert len(found) == told


def test_a_setting_that_is_none_is_told_as_what_is_wrong():
    said = CliRunner().invoke(cli, ["doctor"], env={"GLIDEPATH_PROT": "8000"})
    assert said.exit_code == 1
    assert "wrong  settings      GLIDEPATH_PROT is not a setting" in said.output


def test_a_key_that_something_needs_yet_is_missed():
    old, new = Keyring([b"a" * 32]), Keyring([b"b" * 32, b"a" * 32])
    assert of_database.sealed_with(Counter({new.first: 3}), new).state == "well"
    assert of_database.sealed_with(Counter({old.first: 3}), new).state == "note"
    assert of_database.sealed_with(Counter({"": 3}), new).says.startswith("3 are not sealed; run")
    missing = of_database.sealed_with(Counter({new.first: 3, old.first: 1}), old)
    assert missing.says.startswith(f"3 cannot be opened; add key {new.first}")


def test_a_certificate_that_is_not_renewed_is_named_before_it_ends():
    assert of_settings.certificate("x", NOW + timedelta(days=60), NOW).state == "well"
    ending = of_settings.certificate("x", NOW + timedelta(days=13), NOW)
    assert (ending.state, "ends in 13 days" in ending.says) == ("wrong", True)


@contextmanager
def listening(context: ssl.SSLContext) -> Iterator[int]:
    """The port of something that speaks TLS, once or twice."""

    def serve() -> None:
        while True:
            try:
                with context.wrap_socket(listener.accept()[0], server_side=True) as one:
                    one.recv(1)
            except ssl.SSLError:
                continue
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_a_certificate_is_looked_at_as_a_browser_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    serving, trusting = certificate(tmp_path)
    now = datetime.now(UTC)
    with listening(serving) as port:
        assert "is not to be trusted" in of_settings._certificate("127.0.0.1", port, now).says
        monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
        # It is one of a day.
        assert "ends in 0 days" in of_settings._certificate("127.0.0.1", port, now).says
        assert of_settings._certificate("127.0.0.1", port, ago(days=30)).state == "well"
    assert "does not answer" in of_settings._certificate("127.0.0.1", port, now).says


def test_a_mail_server_is_greeted_without_a_mail():
    with mail_server() as server:
        sending = Settings(smtp_url=server.url, mail_from="glidepath@clinic.example")
        assert asyncio.run(of_settings.mails(sending)).state == "well"
        assert server.asked == 0
    assert "smtp_unreachable" in asyncio.run(of_settings.mails(sending)).says


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, None),
        ({"base_url": "http://x.example"}, "GLIDEPATH_BASE_URL is http://x.example"),
        ({"log_level": "debug"}, "GLIDEPATH_LOG_LEVEL is debug"),
        ({"audit_key": None}, "keys: GLIDEPATH_AUDIT_KEY is not set"),
        ({"database_url": "postgresql://a@db.example.org/g"}, "add sslmode=verify-full"),
    ],
)
def test_settings_with_which_nothing_would_start_are_named(
    changes: dict[str, Any], says: str | None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(startup, "require_front_end", lambda: None)
    key = secrets.token_hex(32)
    public = Settings(
        base_url="https://glidepath.example", audit_key=key, field_keys=key, vapid_key=key
    )
    told = bad(of_settings.look(msgspec.structs.replace(public, **changes)))
    assert len(told) == (says is not None)
    assert says is None or says in told[0]
