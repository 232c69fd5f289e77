"""What people write is sealed: its owner may seal it anew, and only a sealed text is bounded by its form.

Texts that are there stay as they are until `glidepath keys rotate`, which `glidepath migrate upgrade` begins.
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

TABLES = (
    "alert_events",
    "assessments",
    "check_ins",
    "episode_events",
    "messages",
    "plan_proposals",
    "plan_versions",
    "screenings",
)
RESEALING = "current_setting('app.reseal', true) = 'on'"


def upgrade() -> None:
    op.drop_constraint(op.f("ck_check_ins_note"), "check_ins")
    for table in TABLES:
        op.execute(
            f"create policy reseal on {table} to current_user using ({RESEALING})"
            f" with check ({RESEALING})"
        )


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"drop policy reseal on {table}")
    # Not of what is sealed by now, which the revision before cannot read in any case.
    op.execute(
        "alter table check_ins add constraint ck_check_ins_note"
        " check (length(note) <= 2000) not valid"
    )
