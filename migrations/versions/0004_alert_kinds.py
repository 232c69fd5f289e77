"""More kinds of alerts, and the worker's view of which clinics there are."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APP = "glidepath_app"
# Table, column: the values before, and those that this revision adds.
VOCABULARY = {
    ("alerts", "kind"): (
        ("worsening", "red_flag", "nerve_loss"),
        ("nerve_below_knee", "severe_pain", "quiet", "not_improving"),
    ),
    ("alerts", "severity"): (("urgent", "high", "moderate"), ("low",)),
    ("alert_events", "outcome"): (
        ("contacted", "appointment", "plan_changed", "no_action_needed", "not_useful"),
        ("logged_again",),
    ),
}
WORKER = "current_setting('app.queue', true) = 'worker'"


def upgrade() -> None:
    for (table, column), (before, added) in VOCABULARY.items():
        _hold_to(table, column, (*before, *added))
    # The daily look has to know whose turn it is; what is in a clinic stays behind its own wall.
    op.execute(f"create policy worker on clinics for select to {APP} using ({WORKER})")


def downgrade() -> None:
    """The earlier schema has no place for the new kinds of alerts: they go, with their events."""
    op.execute("drop policy worker on clinics")
    for table in ("alerts", "alert_events"):
        op.execute(f"alter table {table} no force row level security")
    added = _listed(VOCABULARY["alerts", "kind"][1])
    op.execute(
        "delete from alert_events e using alerts a where a.clinic_id = e.clinic_id"
        f" and a.id = e.alert_id and a.kind in ({added})"
    )
    op.execute(f"delete from alerts where kind in ({added})")
    for table in ("alerts", "alert_events"):
        op.execute(f"alter table {table} force row level security")
    for (table, column), (before, _) in VOCABULARY.items():
        _hold_to(table, column, before)


def _hold_to(table: str, column: str, values: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{column}"), table, type_="check")
    op.create_check_constraint(
        op.f(f"ck_{table}_{column}"), table, f"{column} in ({_listed(values)})"
    )


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)
