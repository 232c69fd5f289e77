"""Tables: clinics and people, care and plans, the diary, alerts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clinics",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("hours", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("country ~ '^[A-Z]{2}$'", name=op.f("ck_clinics_country_iso")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinics")),
    )
    op.create_table(
        "accounts",
        sa.Column("clinic_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("passphrase_hash", sa.Text(), nullable=True),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("joined_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("disabled_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("locale in ('en', 'es')", name=op.f("ck_accounts_locale")),
        sa.CheckConstraint(
            "role = 'patient' or (email is not null and passphrase_hash is not null)",
            name=op.f("ck_accounts_staff_sign_in"),
        ),
        sa.CheckConstraint(
            "role in ('patient', 'therapist', 'admin')", name=op.f("ck_accounts_role")
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_accounts_email_lower")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_accounts_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("clinic_id", "email", name=op.f("uq_accounts_clinic_id_email")),
    )
    op.create_index("ix_accounts_email", "accounts", ["email"], unique=False)
    op.create_table(
        "exercises",
        sa.Column("clinic_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("custom", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint(
            "kind in ('static_stretch', 'nerve_glide', 'strength', 'control', 'mobility')",
            name=op.f("ck_exercises_kind"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_exercises_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_exercises")),
        sa.UniqueConstraint("clinic_id", "id", "kind", name=op.f("uq_exercises_clinic_id_id_kind")),
        sa.UniqueConstraint("clinic_id", "key", name=op.f("uq_exercises_clinic_id_key")),
    )
    op.create_table(
        "invitations",
        sa.Column("clinic_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.UUID(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("used_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id", "account_id"],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f("fk_invitations_clinic_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "created_by"],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f("fk_invitations_clinic_id_created_by"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_invitations_clinic_id")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_invitations")),
    )
    op.create_index(
        "ix_invitations_account_id", "invitations", ["clinic_id", "account_id"], unique=False
    )
    op.create_index("uq_invitations_code_hash", "invitations", ["code_hash"], unique=True)
    op.create_table(
        "patients",
        sa.Column("clinic_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("discharged_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["clinic_id", "id"],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f("fk_patients_clinic_id_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_patients_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_patients")),
    )
    op.create_table(
        "sessions",
        sa.Column("clinic_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("last_seen_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role in ('patient', 'therapist', 'admin')", name=op.f("ck_sessions_role")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "account_id"],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f("fk_sessions_clinic_id_account_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_sessions_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_sessions")),
    )
    op.create_index("ix_sessions_account_id", "sessions", ["clinic_id", "account_id"], unique=False)
    op.create_index("uq_sessions_token_hash", "sessions", ["token_hash"], unique=True)
    op.create_table(
        "care_team",
        sa.Column("clinic_id", sa.UUID(), nullable=False),
        sa.Column("patient_id", sa.UUID(), nullable=False),
        sa.Column("account_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("added_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("role in ('lead', 'member')", name=op.f("ck_care_team_role")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "account_id"],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f("fk_care_team_clinic_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patients.clinic_id", "patients.id"],
            name=op.f("fk_care_team_clinic_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_care_team_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "patient_id", "account_id", name=op.f("pk_care_team")),
    )
    op.create_table(
        "episodes",
        sa.Column("clinic_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("patient_id", sa.UUID(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "condition in ('hamstring', 'sciatic', 'both', 'unclear')",
            name=op.f("ck_episodes_condition"),
        ),
        sa.CheckConstraint("side in ('left', 'right', 'both')", name=op.f("ck_episodes_side")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id"],
            ["patients.clinic_id", "patients.id"],
            name=op.f("fk_episodes_clinic_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_episodes_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_episodes")),
        sa.UniqueConstraint(
            "clinic_id", "patient_id", "id", name=op.f("uq_episodes_clinic_id_patient_id_id")
        ),
    )
    op.create_table(
        "trend_checkpoints",
        sa.Column("clinic_id", sa.UUID(), nullable=False),
        sa.Column("episode_id", sa.UUID(), nullable=False),
        sa.Column("state", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id", "episode_id"],
            ["episodes.clinic_id", "episodes.id"],
            name=op.f("fk_trend_checkpoints_clinic_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_trend_checkpoints_clinic_id")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "episode_id", name=op.f("pk_trend_checkpoints")),
    )
    op.create_table(
        "alerts",
        sa.Column("clinic_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("patient_id", sa.UUID(), nullable=False),
        sa.Column("episode_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("onset", sa.Date(), nullable=True),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("count", sa.SmallInteger(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("reason", postgresql.JSONB(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.Column("basis", postgresql.JSONB(), nullable=False),
        sa.Column("detector_version", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind in ('worsening', 'red_flag', 'nerve_loss')", name=op.f("ck_alerts_kind")
        ),
        sa.CheckConstraint(
            "severity in ('urgent', 'high', 'moderate')", name=op.f("ck_alerts_severity")
        ),
        sa.CheckConstraint(
            "state in ('open', 'acknowledged', 'resolved')", name=op.f("ck_alerts_state")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id", "episode_id"],
            ["episodes.clinic_id", "episodes.patient_id", "episodes.id"],
            name=op.f("fk_alerts_clinic_id_patient_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_alerts_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_alerts")),
    )
    op.create_index("ix_alerts_patient_id", "alerts", ["clinic_id", "patient_id"], unique=False)
    op.create_index(
        "uq_alerts_unresolved_cause",
        "alerts",
        ["clinic_id", "episode_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state <> 'resolved'"),
    )
    op.create_table(
        "plan_versions",
        sa.Column("clinic_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("patient_id", sa.UUID(), nullable=False),
        sa.Column("episode_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("author_id", sa.UUID(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_plan_versions_number")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "author_id"],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f("fk_plan_versions_clinic_id_author_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id", "episode_id"],
            ["episodes.clinic_id", "episodes.patient_id", "episodes.id"],
            name=op.f("fk_plan_versions_clinic_id_patient_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_plan_versions_clinic_id")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_plan_versions")),
        sa.UniqueConstraint(
            "clinic_id",
            "episode_id",
            "number",
            name=op.f("uq_plan_versions_clinic_id_episode_id_number"),
        ),
        sa.UniqueConstraint(
            "clinic_id", "patient_id", "id", name=op.f("uq_plan_versions_clinic_id_patient_id_id")
        ),
    )
    op.create_table(
        "alert_events",
        sa.Column("clinic_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("alert_id", sa.UUID(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by", sa.UUID(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("basis", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'resolved') = (outcome is not null)",
            name=op.f("ck_alert_events_resolved_has_outcome"),
        ),
        sa.CheckConstraint(
            "kind in ('opened', 'extended', 'acknowledged', 'resolved')",
            name=op.f("ck_alert_events_kind"),
        ),
        sa.CheckConstraint(
            "outcome in ('contacted', 'appointment', 'plan_changed', 'no_action_needed', 'not_useful')",
            name=op.f("ck_alert_events_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "alert_id"],
            ["alerts.clinic_id", "alerts.id"],
            name=op.f("fk_alert_events_clinic_id_alert_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "by"],
            ["accounts.clinic_id", "accounts.id"],
            name=op.f("fk_alert_events_clinic_id_by"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_alert_events_clinic_id")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_alert_events")),
    )
    op.create_index(
        "ix_alert_events_alert_id", "alert_events", ["clinic_id", "alert_id", "at"], unique=False
    )
    op.create_table(
        "check_ins",
        sa.Column("clinic_id", sa.UUID(), nullable=False),
        sa.Column("patient_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("pain_now", sa.SmallInteger(), nullable=True),
        sa.Column("pain_worst", sa.SmallInteger(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("red_flags", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("episode_id", sa.UUID(), nullable=False),
        sa.Column("plan_version_id", sa.UUID(), nullable=True),
        sa.Column("revises", sa.UUID(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("happened_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("utc_offset_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("received_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("sensations", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("changes_with", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.CheckConstraint(
            "changes_with <@ array['ankle', 'neck']::text[]", name=op.f("ck_check_ins_changes_with")
        ),
        sa.CheckConstraint(
            "place in ('back', 'buttock', 'thigh', 'calf', 'foot')", name=op.f("ck_check_ins_place")
        ),
        sa.CheckConstraint(
            "red_flags <@ array['saddle_numbness', 'bladder_bowel', 'both_legs', 'leg_weakness_worsening']::text[]",
            name=op.f("ck_check_ins_red_flags"),
        ),
        sa.CheckConstraint(
            "sensations <@ array['dull_stretch', 'tightness', 'pulling', 'tingling', 'burning', 'shooting', 'numbness', 'weakness']::text[]",
            name=op.f("ck_check_ins_sensations"),
        ),
        sa.CheckConstraint("length(note) <= 2000", name=op.f("ck_check_ins_note")),
        sa.CheckConstraint("pain_now between 0 and 10", name=op.f("ck_check_ins_pain_now")),
        sa.CheckConstraint("pain_worst between 0 and 10", name=op.f("ck_check_ins_pain_worst")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id", "episode_id"],
            ["episodes.clinic_id", "episodes.patient_id", "episodes.id"],
            name=op.f("fk_check_ins_clinic_id_patient_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id", "plan_version_id"],
            ["plan_versions.clinic_id", "plan_versions.patient_id", "plan_versions.id"],
            name=op.f("fk_check_ins_clinic_id_patient_id_plan_version_id"),
        ),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("fk_check_ins_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "patient_id", "id", name=op.f("pk_check_ins")),
    )
    op.create_index(
        op.f("ix_check_ins_clinic_id_episode_id_local_date"),
        "check_ins",
        ["clinic_id", "episode_id", "local_date"],
        unique=False,
    )
    op.create_table(
        "plan_items",
        sa.Column("clinic_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("plan_version_id", sa.UUID(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("exercise_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("sets", sa.SmallInteger(), nullable=False),
        sa.Column("repetitions", sa.SmallInteger(), nullable=True),
        sa.Column("hold_seconds", sa.SmallInteger(), nullable=True),
        sa.Column("rest_seconds", sa.SmallInteger(), nullable=False),
        sa.Column("days_per_week", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'nerve_glide' or hold_seconds is null",
            name=op.f("ck_plan_items_glide_never_static"),
        ),
        sa.CheckConstraint("side in ('left', 'right', 'both')", name=op.f("ck_plan_items_side")),
        sa.CheckConstraint(
            "days_per_week between 1 and 7", name=op.f("ck_plan_items_days_per_week")
        ),
        sa.CheckConstraint(
            "hold_seconds between 1 and 600", name=op.f("ck_plan_items_hold_seconds")
        ),
        sa.CheckConstraint("repetitions between 1 and 100", name=op.f("ck_plan_items_repetitions")),
        sa.CheckConstraint(
            "rest_seconds between 0 and 600", name=op.f("ck_plan_items_rest_seconds")
        ),
        sa.CheckConstraint("sets between 1 and 20", name=op.f("ck_plan_items_sets")),
        sa.ForeignKeyConstraint(
            ["clinic_id", "exercise_id", "kind"],
            ["exercises.clinic_id", "exercises.id", "exercises.kind"],
            name=op.f("fk_plan_items_clinic_id_exercise_id_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "plan_version_id"],
            ["plan_versions.clinic_id", "plan_versions.id"],
            name=op.f("fk_plan_items_clinic_id_plan_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_plan_items_clinic_id")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_plan_items")),
        sa.UniqueConstraint(
            "clinic_id",
            "plan_version_id",
            "position",
            name=op.f("uq_plan_items_clinic_id_plan_version_id_position"),
        ),
    )
    op.create_table(
        "exercise_sessions",
        sa.Column("clinic_id", sa.UUID(), nullable=False),
        sa.Column("patient_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("plan_item_id", sa.UUID(), nullable=True),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("sets_done", sa.SmallInteger(), nullable=False),
        sa.Column("repetitions_done", sa.SmallInteger(), nullable=True),
        sa.Column("hold_seconds", sa.SmallInteger(), nullable=True),
        sa.Column("stopped_early", sa.Text(), nullable=True),
        sa.Column("pain_during", sa.SmallInteger(), nullable=True),
        sa.Column("episode_id", sa.UUID(), nullable=False),
        sa.Column("plan_version_id", sa.UUID(), nullable=True),
        sa.Column("revises", sa.UUID(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("happened_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("utc_offset_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("made_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("received_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("sensations", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("changes_with", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.CheckConstraint(
            "changes_with <@ array['ankle', 'neck']::text[]",
            name=op.f("ck_exercise_sessions_changes_with"),
        ),
        sa.CheckConstraint(
            "sensations <@ array['dull_stretch', 'tightness', 'pulling', 'tingling', 'burning', 'shooting', 'numbness', 'weakness']::text[]",
            name=op.f("ck_exercise_sessions_sensations"),
        ),
        sa.CheckConstraint(
            "side in ('left', 'right', 'both')", name=op.f("ck_exercise_sessions_side")
        ),
        sa.CheckConstraint(
            "stopped_early in ('nerve_symptoms', 'worse', 'pain', 'time', 'other')",
            name=op.f("ck_exercise_sessions_stopped_early"),
        ),
        sa.CheckConstraint(
            "hold_seconds between 0 and 3600", name=op.f("ck_exercise_sessions_hold_seconds")
        ),
        sa.CheckConstraint(
            "pain_during between 0 and 10", name=op.f("ck_exercise_sessions_pain_during")
        ),
        sa.CheckConstraint(
            "repetitions_done between 0 and 1000",
            name=op.f("ck_exercise_sessions_repetitions_done"),
        ),
        sa.CheckConstraint(
            "sets_done between 0 and 100", name=op.f("ck_exercise_sessions_sets_done")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id", "episode_id"],
            ["episodes.clinic_id", "episodes.patient_id", "episodes.id"],
            name=op.f("fk_exercise_sessions_clinic_id_patient_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id", "plan_version_id"],
            ["plan_versions.clinic_id", "plan_versions.patient_id", "plan_versions.id"],
            name=op.f("fk_exercise_sessions_clinic_id_patient_id_plan_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "plan_item_id"],
            ["plan_items.clinic_id", "plan_items.id"],
            name=op.f("fk_exercise_sessions_clinic_id_plan_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_exercise_sessions_clinic_id")
        ),
        sa.PrimaryKeyConstraint("clinic_id", "patient_id", "id", name=op.f("pk_exercise_sessions")),
    )
    op.create_index(
        op.f("ix_exercise_sessions_clinic_id_episode_id_local_date"),
        "exercise_sessions",
        ["clinic_id", "episode_id", "local_date"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("exercise_sessions")
    op.drop_table("plan_items")
    op.drop_table("check_ins")
    op.drop_table("alert_events")
    op.drop_table("plan_versions")
    op.drop_table("alerts")
    op.drop_table("trend_checkpoints")
    op.drop_table("episodes")
    op.drop_table("care_team")
    op.drop_table("sessions")
    op.drop_table("patients")
    op.drop_table("invitations")
    op.drop_table("exercises")
    op.drop_table("accounts")
    op.drop_table("clinics")
