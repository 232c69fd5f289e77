"""The file of a backup is whole or is none, whatever happens to it while it is written or later."""

import errno
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from glidepath.backups import container, keys, programs
from glidepath.backups.container import Header, Manifest, Refused, Table

NOW = datetime(2026, 11, 28, 23, 0, tzinfo=UTC)
MANIFEST = Manifest(
    Header(NOW, "0049", "0.1.0"), 18, "owner", {"patients": Table(3, "17")}, {"numbers": 4}
)
# More than three of the pieces in which age seals.
DUMP = random.Random(9).randbytes(200_000)


@pytest.fixture
def key(tmp_path: Path) -> list[keys.Identity]:
    keys.make(tmp_path / "key", NOW, None)
    return keys.read(tmp_path / "key", str)


@pytest.fixture
def written(tmp_path: Path, key: list[keys.Identity]) -> Path:
    pieces = iter([DUMP[:70_000], DUMP[70_000:]])
    size = container.write(tmp_path / "a", MANIFEST, pieces, [key[0].to_public()])
    assert size == (tmp_path / "a").stat().st_size
    return tmp_path / "a"


def test_what_was_sealed_opens_as_it_was(written: Path, key: list[keys.Identity]):
    taken = list[bytes]()
    assert container.read(written, key, taken.append) == MANIFEST
    assert b"".join(taken) == DUMP
    assert container.read_header(written) == MANIFEST.header


def test_of_50_files_that_were_cut_off_or_altered_none_is_taken(
    written: Path, key: list[keys.Identity]
):
    """OP-2."""
    whole, chance, taken = written.read_bytes(), random.Random("OP-2"), 0
    for number in range(50):
        # The first line, what age says of the key, each piece and the end: all come in turn.
        near = (0, 150, 350, len(whole) - 100, chance.randrange(len(whole) - 100))[number % 5]
        at = near + chance.randrange(100)
        piece = whole[at] ^ (1 << chance.randrange(8))
        written.write_bytes(
            whole[:at] if number % 2 else whole[:at] + bytes([piece]) + whole[at + 1 :]
        )
        try:
            container.read(written, key)
            taken += 1
        except Refused:
            continue
    assert taken == 0


def test_a_file_put_together_from_two_is_refused(
    written: Path, key: list[keys.Identity], tmp_path: Path
):
    """OP-2."""
    container.write(tmp_path / "b", MANIFEST, iter([DUMP]), [key[0].to_public()])
    first, second = written.read_bytes(), (tmp_path / "b").read_bytes()
    written.write_bytes(first[:100_000] + second[100_000:])
    with pytest.raises(Refused, match="cut off or altered"):
        container.read(written, key)


def test_a_dump_that_breaks_off_leaves_no_file(tmp_path: Path, key: list[keys.Identity]):
    """OP-2: also where it is stopped by its user."""

    def broken(error: BaseException) -> Iterator[bytes]:
        yield DUMP
        raise error

    for error in (click.ClickException("it failed"), KeyboardInterrupt()):
        with pytest.raises(type(error)):
            container.write(tmp_path / "b", MANIFEST, broken(error), [key[0].to_public()])
        assert [one.name for one in tmp_path.iterdir()] == ["key"]


@pytest.mark.parametrize("length", [10, 200_000])
def test_a_full_disk_is_noticed_also_with_the_last_piece(length: int, key: list[keys.Identity]):
    """OP-2: the library forgets an error of the last one."""

    def full(piece: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    source = container._Source(iter([DUMP[:length]]))
    with pytest.raises(OSError, match="No space left"):
        container._seal(source, container._Sink(full), [key[0].to_public()])


@pytest.mark.assurance
def test_a_key_that_is_sealed_with_a_passphrase_opens_with_it_alone(tmp_path: Path):
    """PH-5."""
    public = keys.make(tmp_path / "key", NOW, "six quiet words in the night")
    assert b"AGE-SECRET-KEY" not in (tmp_path / "key").read_bytes()
    (found,) = keys.read(tmp_path / "key", lambda: "six quiet words in the night")
    assert str(found.to_public()) == public
    with pytest.raises(click.ClickException, match="not the passphrase"):
        keys.read(tmp_path / "key", lambda: "six loud words")


def test_a_key_is_readable_to_its_owner_alone_and_never_written_over(tmp_path: Path):
    keys.make(tmp_path / "key", NOW, None)
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        keys.make(tmp_path / "key", NOW, None)
    (tmp_path / "no.key").write_text("# nothing\n")
    with pytest.raises(click.ClickException, match="holds no key"):
        keys.read(tmp_path / "no.key", str)


def test_what_is_no_public_half_seals_nothing():
    with pytest.raises(click.ClickException, match="set it to what `glidepath backup-key` printed"):
        keys.recipients("age1" + "q" * 58)


def test_a_program_is_told_the_password_where_others_do_not_see_it():
    reached = programs.reach("postgresql://owner:hush@db/glidepath?sslmode=require", a="b")
    assert "hush" not in reached.conninfo
    assert list(reached.environ.values()) == ["hush"]
    assert "sslmode=require" in reached.conninfo
    assert "options='-c a=b'" in reached.conninfo


def test_what_a_program_says_of_a_value_is_not_repeated():
    """PH-1."""
    said = (
        b'pg_restore: error: COPY failed for table "x": ERROR:  invalid input syntax for type uuid: "canary"\n'
        b"CONTEXT:  COPY x, line 1, column id: canary\n"
    )

    class Ended:
        returncode = 1

    error = programs.failed("pg_restore", Ended(), said)  # type: ignore[arg-type]
    assert "canary" not in error.message
    assert "invalid input syntax" in error.message
