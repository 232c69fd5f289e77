"""Each column is marked whose data it is (PR-1), and the marks agree with the schema and the levels."""

from collections.abc import Callable, Mapping
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import Table, select

from glidepath.records.columns import GIVEN, MARKS, Marks, marks, rows_of
from tests.security.test_levels import level_of, tables

# Rows of these name somebody as one of many, or are of the staff alone: accounts are theirs and patients' alike.
EVERYBODYS = {"clinics", "accounts"}


def wrongly_marked(written: Mapping[str, Marks]) -> set[str]:
    """Columns without a mark or with two, and marks of what there is not."""
    known = tables()
    found = {f"{name}?" for name in set(written) ^ set(known)}
    for name in set(written) & set(known):
        marked = written[name].columns(*MARKS)
        found |= {f"{name}.{one}" for one in set(marked) ^ set(known[name].columns.keys())}
        found |= {f"{name}.{one}" for one in marked if marked.count(one) > 1}
    return found


def forgotten(written: Mapping[str, Marks]) -> set[str]:
    """Tables that lead to a patient by their keys, and do not say whose rows they hold; and those that give
    something of nobody."""
    found = {name for name, one in written.items() if one.columns(*GIVEN) and not one.of}
    return found | {
        name
        for name, table in tables().items()
        if not written[name].of and _leads_to_a_patient(table, written)
    }


def _leads_to_a_patient(table: Table, written: Mapping[str, Marks]) -> bool:
    referred = {key.column.table.name for key in table.foreign_keys} - EVERYBODYS
    return "patient_id" in table.columns or any(written[name].of for name in referred)


def withheld(written: Mapping[str, Marks]) -> set[str]:
    """What is of health, and is called the clinic's or the program's; and secrets that would be given."""
    found = set()
    for name, table in tables().items():
        for mark in MARKS:
            for column in written[name].columns(mark):
                level = level_of(table.columns[column])
                kept_back = mark in ("clinic", "working") and column != "clinic_id"
                order = name == "audit_events"
                if (level == "health" and kept_back and not order) or (
                    level == "secret" and mark in GIVEN
                ):
                    found.add(f"{name}.{column}")
    return found


def test_every_column_says_whose_data_it_is():
    """PR-1."""
    assert wrongly_marked(marks()) == set()
    assert forgotten(marks()) == set()
    assert withheld(marks()) == set()


@pytest.mark.parametrize(
    ("find", "table", "change"),
    [
        (wrongly_marked, "check_ins", {"subject": "id"}),
        (wrongly_marked, "messages", {"clinic": "clinic_id text"}),
        (forgotten, "check_ins", {"of": ()}),
        (forgotten, "alert_climbs", {"of": (), "subject": ""}),
        (withheld, "messages", {"subject": "", "clinic": "text"}),
        (withheld, "phrases", {"subject": "phrase_hash", "opens": ""}),
    ],
)
def test_a_wrong_mark_is_found(
    find: Callable[[Mapping[str, Marks]], set[str]], table: str, change: dict[str, object]
):
    """PR-1, the mutants."""
    changed = msgspec.structs.replace(marks()[table], **change)
    assert find({**marks(), table: changed}) != set()


def test_rows_are_found_through_the_rows_that_they_belong_to():
    step_people = tables()["alert_step_people"]
    found = str(select(step_people).where(rows_of(step_people, uuid4())))
    assert "step_id IN (SELECT alert_steps.id" in found
    assert "alert_steps.patient_id =" in found
    assert "WHERE false" in str(
        select(tables()["covers"]).where(rows_of(tables()["covers"], uuid4()))
    )
