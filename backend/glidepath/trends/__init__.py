"""The detector: days in, evidence out. Pure and causal, usable alone.

    from glidepath.trends import Day, screen
    screening = screen([Day(date(2025, 5, 1), pain=3, nerve=0, place="thigh"), ...])

`Monitor` judges day by day, `Watch` decides which verdicts become signals, `screen` does both over
a whole diary, and `record` and `recompute` keep a decision open to being checked.
"""

from glidepath.trends.basis import (
    OtherVersionError,
    holds_again,
    recompute,
    record,
    record_signal,
    record_verdict,
)
from glidepath.trends.days import PLACES, Channel, Day, InvalidDayError
from glidepath.trends.explain import Evidence
from glidepath.trends.monitor import Monitor, Verdict, probability, scores, warm_up
from glidepath.trends.policy import (
    Levels,
    Screening,
    Sensitivity,
    Severity,
    Signal,
    Watch,
    screen,
)
from glidepath.trends.settings import Settings
from glidepath.trends.version import VERSION
from glidepath.trends.words import Text

__all__ = [
    "PLACES",
    "VERSION",
    "Channel",
    "Day",
    "Evidence",
    "InvalidDayError",
    "Levels",
    "Monitor",
    "OtherVersionError",
    "Screening",
    "Sensitivity",
    "Settings",
    "Severity",
    "Signal",
    "Text",
    "Verdict",
    "Watch",
    "holds_again",
    "probability",
    "recompute",
    "record",
    "record_signal",
    "record_verdict",
    "scores",
    "screen",
    "warm_up",
]
