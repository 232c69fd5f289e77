"""A word that nobody else would write, in every column of one clinic in which somebody can write."""

import re
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Text

from glidepath.database.base import Base
from glidepath.database.encryption import Sealed, ring
from glidepath.database.tables import import_all_tables
from tests.api.test_sealed import NOT_SEALED

# Columns whose words are ours, or of a list that a check holds them to.
OURS: Final = NOT_SEALED["a word of ours"]
# What only holds a word of a certain form, with a canary in it.
FORMS: Final = {
    "accounts.email": "{}@x.example",
    "account_links.address": "{}@x.example",
    "account_links.replaced": "{}@x.example",
    "measure_answers.names": '["{}", "Sit", "Walk"]',
    "webhooks.url": "https://{}.example/x",
    "push_subscriptions.endpoint": "https://fcm.googleapis.com/{}",
}
# No word of anybody's fits in: a country, a zone, a language, a hash, the key that plans name an exercise by.
NO_ROOM: Final = re.compile(
    r"^(clinics\.country|.*\.(timezone|zone|locale)|accounts\.passphrase_hash|exercises\.key)$"
)
# Words in both languages, and what the clinic wrote of an exercise.
OBJECTS: Final = ("clinics.hours", "alerts.reason", "exercises.custom")


def columns() -> dict[str, bool]:
    """Where people write, as "table.column", and whether it is sealed."""
    import_all_tables()
    found = {}
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            place = f"{table.name}.{column.name}"
            is_sealed = isinstance(column.type, Sealed)
            written = is_sealed or isinstance(column.type, Text) or place in OBJECTS
            ours = table.name != "clinics" and "clinic_id" not in table.columns
            if written and not ours and not OURS.search(place) and not NO_ROOM.search(place):
                found[place] = is_sealed
    return found


def sow(
    admin: psycopg.Connection[Any], clinic_id: object, *, sealed: bool = True
) -> dict[str, list[str]]:
    """Puts another word into every row of the clinic, wherever people write; the words by their places. Not `sealed`
    they can be read in the database itself, as what was written before there were keys."""
    admin.execute("set session_replication_role = replica")
    sown = {}
    for place, is_sealed in columns().items():
        table, column = place.split(".")
        names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
        whose = sql.Identifier("id" if table == "clinics" else "clinic_id")
        rows = admin.execute(
            sql.SQL(
                "select ctid, {column} from {table} where {whose} = %s and {column} is not null"
            ).format(whose=whose, **names),
            [clinic_id],
        ).fetchall()
        words = [f"canary-{table}-{column}-{number}-end" for number in range(len(rows))]
        for (ctid, before), word in zip(rows, words, strict=True):
            kept: Any = FORMS.get(place, "{}").format(word)
            if is_sealed and sealed:
                kept = ring().seal(kept, place)
            elif place in OBJECTS:
                kept = Jsonb(_everywhere(before, word))
            admin.execute(
                sql.SQL("update {table} set {column} = %s where ctid = %s").format(**names),
                [kept, ctid],
            )
        if words:
            sown[place] = words
    return sown


def _everywhere(kept: Any, word: str) -> Any:
    """In place of each text of a language."""
    if not isinstance(kept, dict):
        return kept
    return {
        key: word
        if isinstance(value, str) and key in ("en", "es", "title")
        else _everywhere(value, word)
        for key, value in kept.items()
    }
