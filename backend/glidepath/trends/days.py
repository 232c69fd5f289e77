"""What the detector reads: one day of a diary, as three channels."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, get_args

Channel = Literal["pain", "nerve", "place"]
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)

# From proximal to distal: a symptom that moves to the right in this list has spread.
PLACES: Final = ("back", "buttock", "thigh", "calf", "foot")


class InvalidDayError(ValueError):
    """A day that no diary can hold: a value off its scale, or a date out of order."""


@dataclass(frozen=True, slots=True)
class Day:
    """One patient's day.

    `pain` is 0-10 (decimals allowed), `nerve` how many of tingling, burning, shooting and numbness
    were felt (0-4), `place` the most distal place of symptoms. None means not answered.
    """

    date: date
    pain: float | None = None
    nerve: int | None = None
    place: str | None = None

    def __post_init__(self) -> None:
        # Written so that NaN fails as well.
        if self.pain is not None and not 0 <= self.pain <= 10:
            raise InvalidDayError(f"pain must lie within 0-10, not {self.pain}")
        if self.nerve is not None and self.nerve not in range(5):
            raise InvalidDayError(f"nerve must be a count within 0-4, not {self.nerve}")
        if self.place is not None and self.place not in PLACES:
            raise InvalidDayError(f"place must be one of {', '.join(PLACES)}, not {self.place!r}")

    @property
    def missing(self) -> bool:
        return self.pain is None and self.nerve is None and self.place is None

    def as_list(self) -> list[Any]:
        return [self.date.isoformat(), self.pain, self.nerve, self.place]

    @classmethod
    def from_list(cls, values: list[Any]) -> "Day":
        day, pain, nerve, place = values
        return cls(date.fromisoformat(day), pain, nerve, place)
