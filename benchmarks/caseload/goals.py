"""Figures beside their goals."""

import operator
import sys
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Goals:
    """Prints each figure beside its goal."""

    missed: int = 0

    def line(self, what: str, figure: float, unit: str, most: float, more: str = "") -> None:
        self._line(what, figure, unit, most, more, operator.le)

    def least(self, what: str, figure: float, unit: str, least: float, more: str = "") -> None:
        self._line(what, figure, unit, least, more, operator.ge)

    def _line(
        self,
        what: str,
        figure: float,
        unit: str,
        goal: float,
        more: str,
        is_met: Callable[[float, float], bool],
    ) -> None:
        met = is_met(figure, goal)
        self.missed += not met
        verdict = "met" if met else "MISSED"
        print(f"{what:44} {figure:8.2f} {unit:3} (goal {goal:g}: {verdict}){more}", flush=True)

    def end(self) -> None:
        """Ends the program with status 1 if a goal was missed."""
        if self.missed:
            sys.exit(f"{self.missed} missed.")
