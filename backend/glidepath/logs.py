"""How what happens is written: one line of JSON for each event, in UTC; for people where it is a terminal.

What is written never holds what somebody typed. Of a library's own line its name, its place and the type of
the error are kept and no words, since they may hold any: procrastinate's name what a job was given.
"""

import json
import logging
import sys
from pathlib import Path
from traceback import extract_tb
from typing import Any, Final, Literal

import structlog
from structlog.typing import EventDict, WrappedLogger

Process = Literal["web", "worker", "watchdog"]

# Its words are its own; nothing of a request stands in them.
_SPEAKS: Final = "uvicorn"
_process: Process = "web"


def _named(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    event["process"] = _process
    return event


# Strings are shown with their control characters as escapes: nothing begins a line of its own.
_for_people: Final = structlog.dev.ConsoleRenderer(repr_native_str=True, timestamp_key="at")
# Plain ASCII, for the same reason: some read a line's end in U+2028, too.
_for_machines: Final = structlog.processors.JSONRenderer(
    serializer=json.dumps, default=str, ensure_ascii=True
)


def _written(logger: WrappedLogger, name: str, event: EventDict) -> str | bytes:
    return (_for_people if sys.stdout.isatty() else _for_machines)(logger, name, event)


_PROCESSORS: Final[list[structlog.typing.Processor]] = [
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    _named,
    _written,
]
structlog.configure(processors=_PROCESSORS)


class _OfLibraries(logging.Handler):
    """What libraries say through the standard library, as lines of the same kind."""

    def emit(self, record: logging.LogRecord) -> None:
        said: dict[str, Any] = {
            "logger": record.name,
            "place": f"{Path(record.pathname).name}:{record.lineno}",
        }
        if record.name.partition(".")[0] == _SPEAKS:
            said["says"] = record.getMessage()
        # What procrastinate calls that which it tells of.
        action = getattr(record, "action", None)
        if action is not None:
            said["action"] = str(action)
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            said["error"] = type(error).__name__
            frames = extract_tb(error.__traceback__)
            if frames:
                said["raised_at"] = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
        structlog.get_logger().log(record.levelno, "library", **said)


def configure(level: str, process: Process) -> None:
    """Lets through what is at least as severe as `level` (debug, info, warning, error)."""
    global _process  # noqa: PLW0603 (a process is one of them, from its start to its end)
    _process = process
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(level))
    logging.basicConfig(handlers=[_OfLibraries()], level=logging.WARNING)
