"""Patients write, too; what was done about it; and words to begin with."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

APP = "glidepath_app"
OWN = "clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid"
FROM_PATIENT = "author_id = patient_id"
DEEDS = ("answered", "called", "plan_changed", "advice_given", "appointment", "no_action")
CHECKS = {
    "read_by": f"(read_by is not null) = ({FROM_PATIENT} and read_at is not null)",
    "written_at": f"{FROM_PATIENT} or written_at is null",
}


def upgrade() -> None:
    op.add_column("messages", sa.Column("written_at", TIMESTAMP(timezone=True), nullable=True))
    op.add_column("messages", sa.Column("read_by", UUID(as_uuid=True), nullable=True))
    op.create_foreign_key(
        op.f("fk_messages_clinic_id_read_by"),
        "messages",
        "accounts",
        ["clinic_id", "read_by"],
        ["clinic_id", "id"],
    )
    for name, check in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_messages_{name}"), "messages", check)
    op.create_index(
        "ix_messages_unread",
        "messages",
        ["clinic_id", "patient_id"],
        postgresql_where=sa.text(f"{FROM_PATIENT} and read_at is null"),
    )
    op.execute(f"grant update (read_by) on messages to {APP}")
    _create_deeds()
    _create_templates()


def _create_deeds() -> None:
    listed = ", ".join(f"'{deed}'" for deed in DEEDS)
    op.create_table(
        "message_deeds",
        sa.Column("clinic_id", UUID(as_uuid=True), nullable=False),
        sa.Column("message_id", UUID(as_uuid=True), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("patient_id", UUID(as_uuid=True), nullable=False),
        sa.Column("what", sa.Text(), nullable=True),
        sa.Column("by", UUID(as_uuid=True), nullable=False),
        sa.Column("cover_for", UUID(as_uuid=True), nullable=True),
        sa.Column("at", TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "message_id", "number", name=op.f("pk_message_deeds")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_message_deeds_clinic_id")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["clinic_id", column],
                [f"{table}.clinic_id", f"{table}.id"],
                name=op.f(f"fk_message_deeds_clinic_id_{column}"),
            )
            for column, table in (
                ("message_id", "messages"),
                ("patient_id", "patients"),
                ("by", "accounts"),
                ("cover_for", "accounts"),
            )
        ),
        sa.CheckConstraint(f"what in ({listed})", name=op.f("ck_message_deeds_what")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_message_deeds_number")),
    )
    op.execute(f"grant select, insert on message_deeds to {APP}")
    _build_wall("message_deeds")
    op.execute(
        "create trigger tell_of_patient after insert or update on message_deeds "
        "for each row execute function tell_of_patient()"
    )


def _create_templates() -> None:
    op.create_table(
        "message_templates",
        sa.Column("clinic_id", UUID(as_uuid=True), nullable=False),
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=True),
        sa.Column("es", sa.Text(), nullable=True),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("author_id", UUID(as_uuid=True), nullable=False),
        sa.Column("made_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("retired_at", TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_message_templates")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_message_templates_clinic_id")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "author_id"],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f("fk_message_templates_clinic_id_author_id"),
        ),
        sa.CheckConstraint(
            "en is not null or es is not null", name=op.f("ck_message_templates_has_words")
        ),
    )
    columns = "name, en, es, version, author_id, made_at, retired_at"
    op.execute(f"grant select, insert, update ({columns}) on message_templates to {APP}")
    _build_wall("message_templates")


def _build_wall(table: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy tenant on {table} to {APP} using ({OWN}) with check ({OWN})")


def downgrade() -> None:
    op.drop_table("message_templates")
    op.drop_table("message_deeds")
    op.execute(f"revoke update (read_by) on messages from {APP}")
    op.drop_index("ix_messages_unread", "messages")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_messages_{name}"), "messages")
    op.drop_constraint(op.f("fk_messages_clinic_id_read_by"), "messages")
    op.drop_column("messages", "read_by")
    op.drop_column("messages", "written_at")
