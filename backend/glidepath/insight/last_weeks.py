"""The last weeks of a diary, as a list shows them."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from glidepath.clinical.vocabulary import Text
from glidepath.diary.weeks import Weeks
from glidepath.insight import words
from glidepath.insight.schemas import Spark

SPARK_DAYS: Final = 28
# A list is asked for again all day long, and most of its diaries have not changed since.
_REMEMBERED: Final = 4096


@dataclass(frozen=True, slots=True)
class LastWeeks:
    """`steady`: what is said of them if nothing else is."""

    spark: Spark
    logged_7: int
    steady: Text


@lru_cache(_REMEMBERED)
def last_weeks(kept: Weeks, last_on: date | None, today: date, *, worsened: bool) -> LastWeeks:
    """Up to `today`, of days that end on `last_on`; a diary without an entry has none. `worsened`: an
    alert was raised in them and dealt with."""
    if last_on is None:
        weeks = Weeks.unwritten(SPARK_DAYS)
    else:
        weeks = kept.up_to(today, SPARK_DAYS, ending=last_on)
    return LastWeeks(Spark(*weeks), weeks.last(7).logged, words.steady(weeks, worsened=worsened))
