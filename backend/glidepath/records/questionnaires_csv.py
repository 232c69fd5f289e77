"""What a patient answered to outcome measures, and what it scores, as CSV."""

from collections.abc import Iterator
from typing import Final

from glidepath.clinical.measures import results
from glidepath.clinical.vocabulary import Text
from glidepath.fhir.record import Answered
from glidepath.records.export_words import Language
from glidepath.sheets import sheet

COLUMNS: Final = (
    "date",
    "measure",
    "version",
    "occasion",
    "week",
    "what",
    "question",
    "value",
    "answer",
)


def written(answers: list[Answered], language: Language) -> tuple[str, int]:
    """A row for each answer and each score with a value; and how many."""
    rows = [row for one in answers for row in _rows(one, language)]
    return sheet(COLUMNS, rows), len(rows)


def _rows(one: Answered, language: Language) -> Iterator[list[object]]:
    row, measure = one.row, one.measure
    about = [row.local_date.isoformat(), measure.short, row.version, row.occasion, row.week]
    asked = {item.key: _said(item.ask, language) for item in measure.items}
    asked |= dict(zip(measure.item_keys(), one.names, strict=False))
    for key, number in row.ratings.items():
        words = measure.scale.words.get(number)
        said = _said(words, language) if words is not None and not measure.ticks else None
        yield [*about, "answer", asked.get(key, key), number, said]
    named = len(one.names) if measure.named is not None else None
    for key, result in results(measure, row.ratings, named).items():
        if result.value is not None:
            title = _said(measure.score(key).title, language)
            yield [*about, "score", title, f"{float(result.value):g}", None]


def _said(text: Text, language: Language) -> str:
    return text.es if language == "es" else text.en
