"""What became of an episode's answers: scores over time, and each change by its published size."""

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction

from glidepath.clinical.measure_words import became, course, number, rated
from glidepath.clinical.measures import Direction, Measure, Score, Size, change, results
from glidepath.clinical.vocabulary import Text
from glidepath.outcomes.models import Answer
from glidepath.outcomes.schemas import (
    ChangeMark,
    Figure,
    OwnPoint,
    OwnScore,
    Point,
    ScoreView,
)

Versions = Mapping[tuple[str, int], Measure]


def names_of(answers: Sequence[Answer]) -> list[str] | None:
    """What the patient named in the first answer that arrived: it holds for the episode."""
    named = [answer for answer in answers if answer.names is not None]
    return own_names(named[0]) if named else None


def own_names(answer: Answer) -> list[str] | None:
    names: list[str] | None = None if answer.names is None else json.loads(answer.names)
    return names


def settled(answers: Sequence[Answer]) -> list[Answer]:
    """Of each occasion the last one made, and of two made at once the greater id; oldest day first."""
    last: dict[tuple[str, int], Answer] = {}
    for answer in sorted(answers, key=lambda one: (one.made_at, one.id)):
        last[answer.occasion, answer.week] = answer
    return sorted(last.values(), key=lambda one: (one.day, one.made_at, one.id))


class Course:
    """One measure of an episode. `answers` in the order in which they arrived."""

    def __init__(self, measure: Measure, versions: Versions, answers: Sequence[Answer]) -> None:
        self.measure = measure
        self._versions = versions
        self.names = names_of(answers)
        self.answers = settled(answers)

    def scores(self) -> list[ScoreView]:
        return [self._view(score) for score in self.measure.scores]

    def own_scores(self) -> list[OwnScore]:
        """For the patient: what was told is told in plain words."""
        found = []
        for score in self.scores():
            told = [one for one in score.points if one.value is not None]
            last = told[-1] if told else None
            found.append(
                OwnScore(
                    score.key,
                    score.title,
                    score.least,
                    score.most,
                    score.better,
                    [OwnPoint(one.day, one.value, one.said) for one in score.points],
                    None if last is None else last.change,
                )
            )
        return found

    def _view(self, score: Score) -> ScoreView:
        values = [self._value(answer, score) for answer in self.answers]
        least, most = _range(self.measure, score)
        first = next((value for value in values if value is not None), None)
        return ScoreView(
            key=score.key,
            title=score.title,
            least=least,
            most=most,
            better=score.better,
            points=[
                self._point(answer, value, score)
                for answer, value in zip(self.answers, values, strict=True)
            ],
            marks=[] if first is None else _marks(score, first, least, most),
            course=self._course(score),
            figures=figures(score),
        )

    def _point(self, answer: Answer, value: Fraction | None, score: Score) -> Point:
        first = self._first(answer, score)
        became_ = None
        if first is not None and first is not answer:
            became_ = change(
                self._of(answer), score.key, self._ratings(first), self._ratings(answer)
            )
        said = None
        if value is not None:
            said = rated(self._of(answer), value) if score.rule == "anchor" else number(value)
        return Point(
            answer_id=answer.id,
            day=answer.day,
            occasion=answer.occasion,
            week=answer.week,
            value=None if value is None else round(float(value), 2),
            said=said,
            change=None if became_ is None else became(score, became_),
            direction=None if became_ is None else became_.direction,
        )

    def _course(self, score: Score) -> Text | None:
        told = [one for one in self.answers if self._value(one, score) is not None]
        if not told:
            return None
        name = score.title if len(self.measure.scores) > 1 else _plain(self.measure.short)
        last = told[-1]
        value, first = self._value(last, score), self._first(last, score)
        assert value is not None
        became_ = None
        if first is not None and first is not last:
            became_ = change(self._of(last), score.key, self._ratings(first), self._ratings(last))
        if first is None or became_ is None:
            said = rated(self._of(last), value) if score.rule == "anchor" else number(value)
            return Text(f"{name.en} {said.en}", f"{name.es} {said.es}")
        before = self._value(first, score)
        assert before is not None
        return course(name, before, value, became_, score)

    def _first(self, answer: Answer, score: Score) -> Answer | None:
        """With what an answer is compared: the first of the same version, since another may ask otherwise."""
        return next(
            (
                one
                for one in self.answers
                if one.version == answer.version and self._value(one, score) is not None
            ),
            None,
        )

    def _of(self, answer: Answer) -> Measure:
        return self._versions[answer.measure, answer.version]

    def _value(self, answer: Answer, score: Score) -> Fraction | None:
        asked = self._of(answer)
        if all(one.key != score.key for one in asked.scores):
            return None
        return results(asked, self._ratings(answer))[score.key].value

    def _ratings(self, answer: Answer) -> dict[str, int]:
        """By the keys of the episode's names. Another phone may have named before it knew of these: what it
        named otherwise is not compared."""
        names = own_names(answer)
        if names is None or self.names is None or names == self.names:
            return answer.ratings
        return {
            f"named_{self.names.index(name) + 1}": answer.ratings[f"named_{place}"]
            for place, name in enumerate(names, start=1)
            if name in self.names and f"named_{place}" in answer.ratings
        }


def figures(score: Score) -> list[Figure]:
    sizes = {
        "small": Text("a small change", "un cambio pequeño"),
        "medium": Text("a medium change", "un cambio mediano"),
        "large": Text("a large change", "un cambio grande"),
        "important": Text("an important change", "un cambio importante"),
    }
    found = [
        Figure(
            _from(number(Fraction(str(bound.points))), sizes[bound.size]),
            bound.source,
            bound.unverified,
        )
        for bound in score.bounds
    ]
    if score.share is not None:
        percent = number(Fraction(str(score.share.percent)))
        what = Text(
            f"{percent.en} % of the first score or more: an important change",
            f"{percent.es} % de la primera puntuación o más: un cambio importante",
        )
        found.append(Figure(what, score.share.source, score.share.unverified))
    if score.detectable is not None:
        points, level = number(Fraction(str(score.detectable.points))), score.detectable.level
        what = Text(
            f"Less than {points.en} may be an error of measurement (MDC{level})",
            f"Menos de {points.es} puede ser un error de medición (MDC{level})",
        )
        found.append(Figure(what, score.detectable.source, score.detectable.unverified))
    return found


def _from(points: Text, size: Text) -> Text:
    return Text(f"{points.en} or more: {size.en}", f"{points.es} o más: {size.es}")


def _plain(word: str) -> Text:
    return Text(word, word)


def _range(measure: Measure, score: Score) -> tuple[float, float]:
    times = len(score.items or measure.item_keys()) if score.rule == "sum" else 1
    return measure.scale.least * times, measure.scale.most * times


def _marks(score: Score, first: Fraction, least: float, most: float) -> list[ChangeMark]:
    """Where each size begins on the better side, and the least of them on the worse one."""
    reached: list[tuple[Size, Fraction, bool]] = [
        (bound.size, Fraction(str(bound.points)), bound.unverified) for bound in score.bounds
    ]
    if score.share is not None and first > 0:
        points = first * Fraction(str(score.share.percent)) / 100
        # Whichever of two ways to the same size is the shorter one.
        reached = [one for one in reached if one[0] != "important" or one[1] <= points]
        if all(one[0] != "important" for one in reached):
            reached.append(("important", points, score.share.unverified))
    up = 1 if score.better == "higher" else -1
    sides: tuple[tuple[Direction, int], ...] = (("better", up), ("worse", -up))
    found = []
    for number_, (size, points, unverified) in enumerate(reached):
        for direction, sign in sides:
            value = float(first + sign * points)
            if (direction == "better" or number_ == 0) and least <= value <= most:
                found.append(ChangeMark(size, round(value, 2), direction, unverified))
    return found
