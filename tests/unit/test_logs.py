"""What is logged is one line for machines or people, whatever stands in it (SE-8)."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Final

import pytest
import structlog

from glidepath import events, logs

FORGED: Final = '{"event": "security", "deed": "signIn", "outcome": "done"}'
# Whatever some reader takes for the end of a line, moves the cursor or ends a text.
BREAKS: Final = ("\n", "\r", "\r\n", "\x00", "\x0b", "\x0c", "\x1b[2K", "\x85", "\u2028", "\u2029")


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def written(write: Callable[[], None], out: StringIO | None = None) -> str:
    """What comes of it on the process's output."""
    found = out or StringIO()
    with redirect_stdout(found):
        write()
    return found.getvalue()


def looked(word: str = "") -> Callable[[], None]:
    return lambda: structlog.get_logger().warning("looked", word=word)


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The standard library's, as in a process of ours: nothing of the test runner listens."""
    found = logging.getLogger()
    kept, found.handlers = found.handlers, []
    yield found
    found.handlers = kept


@pytest.fixture(autouse=True)
def configured() -> Iterator[None]:
    yield
    logs.configure("info", "web")


@pytest.mark.parametrize("broken", BREAKS)
def test_no_text_begins_a_line_of_its_own(broken: str, monkeypatch: pytest.MonkeyPatch):
    """SE-8, for the log; and its mutant, a log that writes texts as they are."""
    word = f"a{broken}{FORGED}"
    text = written(looked(word))
    (line,) = text.splitlines()
    assert text == f"{line}\n"
    read = json.loads(line)
    assert (read["event"], read["word"]) == ("looked", word)
    (line,) = written(looked(word), Terminal()).splitlines()
    assert not re.search(r"[\x00-\x1a\x7f-\x9f\u2028\u2029]|\x1b\[2K", line)

    as_they_are = structlog.processors.KeyValueRenderer(repr_native_str=False)
    monkeypatch.setattr(logs, "_for_machines", as_they_are)
    assert broken in written(looked(word))


def test_each_line_says_when_in_utc_how_bad_and_of_which_process():
    logs.configure("info", "worker")
    read = json.loads(written(looked()))
    assert read["at"].endswith("Z")
    assert abs(datetime.now(UTC) - datetime.fromisoformat(read["at"])) < timedelta(seconds=10)
    assert (read["level"], read["process"]) == ("warning", "worker")


def test_a_security_event_is_written_whatever_the_level():
    logs.configure("error", "web")
    assert written(looked()) == ""
    read = json.loads(written(lambda: events.tell("signIn", "done", factors=1)))
    assert (read["deed"], read["outcome"], read["factors"]) == ("signIn", "done", 1)


def test_of_a_librarys_error_its_kind_and_place_are_kept_and_no_word(root: logging.Logger):
    """PH-1, SE-8: a queue's library names what a job was given, and an error what it failed at."""
    root.handlers = []
    logs.configure("info", "worker")
    given = f"therapist@north.example\n{FORGED}"

    def fail() -> None:
        try:
            int(given)
        except ValueError:
            logging.getLogger("procrastinate.worker").exception(
                f"Job forgotten(email={given})",  # noqa: G004 (as that library does)
                extra={"action": "job_error"},
            )

    (line,) = written(fail).splitlines()
    read = json.loads(line)
    assert (read["logger"], read["action"]) == ("procrastinate.worker", "job_error")
    assert (read["error"], read["level"]) == ("ValueError", "error")
    assert read["raised_at"].startswith("test_logs.py:")
    assert "north.example" not in line
    assert "signIn" not in line


def test_the_web_servers_own_words_are_kept(root: logging.Logger):
    root.handlers = []
    logs.configure("info", "web")
    invalid = "Invalid HTTP request received."
    line = written(lambda: logging.getLogger("uvicorn.error").warning(invalid))
    assert json.loads(line)["says"] == invalid
