"""Alerts with versions: snoozed until a day, resolved with an outcome and its use, undone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, UUID

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = ("alerts", "alert_events")
STATES = ("open", "acknowledged", "resolved")
EVENTS = ("opened", "extended", "acknowledged", "resolved")
# By now, and before; the last two are one outcome from now on, that says whether it was useful.
OUTCOMES = {
    "called": "contacted",
    "appointment": "appointment",
    "plan_changed": "plan_changed",
    "no_action": "no_action_needed",
    "logged_again": "logged_again",
}
ADDED_OUTCOMES = ("referred", "advice_given")
CHECKS = {
    "alerts": {"snoozed_has_a_day": "(state = 'snoozed') = (snoozed_until is not null)"},
    "alert_events": {
        "state": "state in ('open', 'acknowledged', 'snoozed', 'resolved')",
        "snoozed_has_a_day": "(state = 'snoozed') = (snoozed_until is not null)",
        "useful_when_resolved": "kind = 'resolved' or useful is null",
        "because": "because in ('fact', 'kind', 'severity', 'channel', 'again')",
        "reopened_has_a_reason": "(kind = 'reopened') = (because is not null)",
        "undone_names_what": "(kind = 'undone') = (undoes is not null)",
    },
}


def upgrade() -> None:
    _add_columns()
    _drop_check("alerts", "state")
    _drop_check("alert_events", "kind")
    _drop_check("alert_events", "outcome")
    _with_owner_eyes(
        # Each event was one version. When it began is all that orders those of before.
        """update alert_events e set version = n.number from (
             select clinic_id, id,
               row_number() over (partition by clinic_id, alert_id order by at, id) as number
             from alert_events) n
           where n.clinic_id = e.clinic_id and n.id = e.id""",
        """update alerts a set version = (select max(version) from alert_events e
             where e.clinic_id = a.clinic_id and e.alert_id = a.id)""",
        # Of the last one the state is known, and an undo asks no more.
        """update alert_events e set state = a.state from alerts a
           where a.clinic_id = e.clinic_id and a.id = e.alert_id and a.version = e.version""",
        """update alerts set channels = array(
             select part ->> 'channel' from jsonb_array_elements(evidence) part
             where (part ->> 'weight')::float >= 0.2 order by 1)""",
        """update alert_events set useful = false, outcome = 'no_action_needed'
           where outcome = 'not_useful'""",
        *(
            f"update alert_events set outcome = '{now}' where outcome = '{before}'"
            for now, before in OUTCOMES.items()
            if now != before
        ),
    )
    for table, column in (
        ("alerts", "version"),
        ("alerts", "channels"),
        ("alert_events", "version"),
    ):
        op.alter_column(table, column, nullable=False)
    _hold_to("alerts", "state", (*STATES, "snoozed"))
    _hold_to("alert_events", "kind", (*EVENTS, "reopened", "snoozed", "undone"))
    _hold_to("alert_events", "outcome", (*OUTCOMES, *ADDED_OUTCOMES))
    for table, checks in CHECKS.items():
        for name, condition in checks.items():
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
    op.drop_index("ix_alert_events_alert_id", "alert_events")
    op.create_unique_constraint(
        op.f("uq_alert_events_clinic_id_alert_id_version"),
        "alert_events",
        ["clinic_id", "alert_id", "version"],
    )
    op.create_foreign_key(
        op.f("fk_alert_events_clinic_id_undoes"),
        "alert_events",
        "alert_events",
        ["clinic_id", "undoes"],
        ["clinic_id", "id"],
    )


def downgrade() -> None:
    """The earlier schema knows no snooze and no undo: what was snoozed is open, and what was undone
    never was."""
    for table, checks in CHECKS.items():
        for name in checks:
            _drop_check(table, name)
    _drop_check("alerts", "state")
    _drop_check("alert_events", "kind")
    _drop_check("alert_events", "outcome")
    op.drop_constraint(op.f("fk_alert_events_clinic_id_undoes"), "alert_events", type_="foreignkey")
    _with_owner_eyes(
        """delete from alert_events e where e.kind in ('snoozed', 'undone') or exists (
             select from alert_events u where u.clinic_id = e.clinic_id and u.undoes = e.id)""",
        "update alerts set state = 'open' where state = 'snoozed'",
        "update alert_events set kind = 'extended' where kind = 'reopened'",
        """update alert_events set outcome = 'not_useful'
           where outcome = 'no_action' and not useful""",
        *(
            f"update alert_events set outcome = 'contacted' where outcome = '{added}'"
            for added in ADDED_OUTCOMES
        ),
        *(
            f"update alert_events set outcome = '{before}' where outcome = '{now}'"
            for now, before in OUTCOMES.items()
            if now != before
        ),
    )
    _hold_to("alerts", "state", STATES)
    _hold_to("alert_events", "kind", EVENTS)
    # As revision 0004 left it.
    _hold_to(
        "alert_events",
        "outcome",
        (
            "contacted",
            "appointment",
            "plan_changed",
            "no_action_needed",
            "not_useful",
            "logged_again",
        ),
    )
    op.drop_constraint(
        op.f("uq_alert_events_clinic_id_alert_id_version"), "alert_events", type_="unique"
    )
    op.create_index("ix_alert_events_alert_id", "alert_events", ["clinic_id", "alert_id", "at"])
    for column in ("version", "state", "snoozed_until", "useful", "because", "undoes"):
        op.drop_column("alert_events", column)
    for column in ("version", "snoozed_until", "channels"):
        op.drop_column("alerts", column)


def _add_columns() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("version", sa.Integer(), nullable=True))
        op.add_column(table, sa.Column("snoozed_until", sa.Date(), nullable=True))
    op.add_column("alerts", sa.Column("channels", ARRAY(sa.Text()), nullable=True))
    op.add_column("alert_events", sa.Column("state", sa.Text(), nullable=True))
    op.add_column("alert_events", sa.Column("useful", sa.Boolean(), nullable=True))
    op.add_column("alert_events", sa.Column("because", sa.Text(), nullable=True))
    op.add_column("alert_events", sa.Column("undoes", UUID(as_uuid=True), nullable=True))


def _with_owner_eyes(*statements: str) -> None:
    """Over all clinics: the owner's own rows are behind the same wall while it is forced."""
    for table in TABLES:
        op.execute(f"alter table {table} no force row level security")
    for statement in statements:
        op.execute(statement)
    for table in TABLES:
        op.execute(f"alter table {table} force row level security")


def _drop_check(table: str, name: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")


def _hold_to(table: str, column: str, values: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} in ({listed})")
