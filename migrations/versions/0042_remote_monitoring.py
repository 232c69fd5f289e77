"""Remote monitoring: what is written down of an episode, minutes by the clock, and what was closed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, UUID

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

APP = "glidepath_app"
OWN = "clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid"
RESEALING = "current_setting('app.reseal', true) = 'on'"
SEALED = ("monitoring_facts", "monitoring_work")
TABLES = (
    "monitoring_changes",
    "monitoring_licences",
    "monitoring_facts",
    "monitoring_timers",
    "monitoring_work",
    "monitoring_closings",
)


def uuid(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, UUID(as_uuid=True), nullable=nullable)


def moment(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, TIMESTAMP(timezone=True), nullable=nullable)


def words(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def day(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Date(), nullable=nullable)


def yes_or_no(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.Boolean(), nullable=nullable)


def table(name: str, *parts: "sa.Column[object] | sa.Constraint", key: str = "id") -> None:
    op.create_table(
        name,
        uuid("clinic_id"),
        *parts,
        sa.PrimaryKeyConstraint("clinic_id", key, name=op.f(f"pk_{name}")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f(f"fk_{name}_clinic_id")),
    )


def within(name: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["clinic_id", column],
        [f"{other}.clinic_id", f"{other}.id"],
        name=op.f(f"fk_{name}_clinic_id_{column}"),
    )


def check(name: str, called: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{name}_{called}"))


def upgrade() -> None:
    name = "monitoring_changes"
    table(
        name,
        sa.Column("version", sa.SmallInteger(), nullable=False),
        moment("at"),
        uuid("by"),
        yes_or_no("enabled"),
        within(name, "by", "accounts"),
        key="version",
    )
    name = "monitoring_licences"
    table(
        name,
        uuid("id"),
        uuid("account_id"),
        words("licence", nullable=True),
        uuid("by"),
        moment("at"),
        within(name, "account_id", "accounts"),
        within(name, "by", "accounts"),
        check(name, "licence", "licence in ('PT', 'PTA')"),
    )
    op.create_index(f"ix_{name}_account_id", name, ["clinic_id", "account_id"])
    facts()
    name = "monitoring_timers"
    table(
        name,
        uuid("account_id"),
        uuid("id"),
        uuid("patient_id"),
        uuid("episode_id"),
        words("licence"),
        moment("started_at"),
        moment("active_at"),
        within(name, "account_id", "accounts"),
        sa.ForeignKeyConstraint(
            ["clinic_id", "patient_id", "episode_id"],
            ["episodes.clinic_id", "episodes.patient_id", "episodes.id"],
            name=op.f(f"fk_{name}_clinic_id_patient_id_episode_id"),
        ),
        check(name, "licence", "licence in ('PT', 'PTA')"),
        check(name, "in_order", "started_at <= active_at"),
        sa.UniqueConstraint("clinic_id", "id", name=op.f(f"uq_{name}_clinic_id_id")),
        key="account_id",
    )
    work()
    closings()
    for name in TABLES:
        rights = (
            "select, insert, update, delete" if name == "monitoring_timers" else "select, insert"
        )
        op.execute(f"grant {rights} on {name} to {APP}")
        op.execute(f"alter table {name} enable row level security")
        op.execute(f"alter table {name} force row level security")
        op.execute(f"create policy tenant on {name} to {APP} using ({OWN}) with check ({OWN})")
    for name in SEALED:
        op.execute(f"create policy reseal on {name} to current_user using ({RESEALING})")


def facts() -> None:
    name = "monitoring_facts"
    table(
        name,
        uuid("id"),
        uuid("episode_id"),
        words("kind"),
        uuid("revises", nullable=True),
        yes_or_no("withdrawn"),
        day("first_on"),
        day("last_on", nullable=True),
        uuid("person_id", nullable=True),
        words("given_by", nullable=True),
        words("channel", nullable=True),
        moment("happened_at", nullable=True),
        yes_or_no("understood", nullable=True),
        words("text", nullable=True),
        uuid("by"),
        moment("made_at"),
        within(name, "episode_id", "episodes"),
        within(name, "person_id", "accounts"),
        within(name, "by", "accounts"),
        within(name, "revises", "monitoring_facts"),
        check(
            name,
            "kind",
            "kind in ('plan_of_care', 'consent', 'education', 'biller', 'physiologic', 'device',"
            " 'contact')",
        ),
        check(name, "given_by", "given_by in ('patient', 'caregiver')"),
        check(name, "channel", "channel in ('phone', 'video', 'in_person')"),
        check(name, "revises_another", "revises <> id"),
        check(name, "in_order", "first_on <= last_on"),
        check(
            name,
            "says_what_its_kind_needs",
            "(kind in ('biller', 'contact')) = (person_id is not null)"
            " and (kind = 'consent') = (given_by is not null)"
            " and (kind = 'contact') = (channel is not null)"
            " and (kind = 'contact') = (happened_at is not null)"
            " and (kind = 'education') = (understood is not null)"
            " and (kind in ('plan_of_care', 'consent') or last_on is null)"
            " and (kind not in ('education', 'device') or text is not null)"
            " and (kind <> 'physiologic' or extract(day from first_on) = 1)",
        ),
    )
    op.create_index(f"ix_{name}_episode_id", name, ["clinic_id", "episode_id"])


def work() -> None:
    name = "monitoring_work"
    table(
        name,
        uuid("id"),
        uuid("episode_id"),
        uuid("timer_id"),
        uuid("revises", nullable=True),
        yes_or_no("withdrawn"),
        uuid("account_id"),
        words("licence"),
        day("day"),
        moment("started_at"),
        moment("ended_at"),
        sa.Column("seconds", sa.Integer(), nullable=False),
        words("how"),
        words("note"),
        uuid("by"),
        moment("made_at"),
        within(name, "episode_id", "episodes"),
        within(name, "revises", "monitoring_work"),
        within(name, "account_id", "accounts"),
        within(name, "by", "accounts"),
        check(name, "revises_another", "revises <> id"),
        check(name, "licence", "licence in ('PT', 'PTA')"),
        check(name, "how", "how in ('by_hand', 'idle')"),
        check(name, "in_order", "started_at < ended_at"),
        check(
            name,
            "no_more_than_was_clocked",
            "seconds > 0 and seconds <= extract(epoch from ended_at - started_at)",
        ),
    )
    op.create_index(f"ix_{name}_episode_id", name, ["clinic_id", "episode_id"])
    op.create_index(f"ix_{name}_timer_id", name, ["clinic_id", "timer_id"])


def closings() -> None:
    name = "monitoring_closings"
    table(
        name,
        uuid("id"),
        uuid("episode_id"),
        words("kind"),
        day("first_on"),
        day("last_on"),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        uuid("amends", nullable=True),
        sa.Column("snapshot", JSONB(), nullable=False),
        uuid("by"),
        moment("at"),
        within(name, "episode_id", "episodes"),
        within(name, "amends", "monitoring_closings"),
        within(name, "by", "accounts"),
        check(name, "kind", "kind in ('period', 'month')"),
        check(name, "in_order", "first_on <= last_on"),
        check(name, "number", "(kind = 'period') = (number > 0)"),
    )
    op.create_index(
        f"uq_{name}_first_on",
        name,
        ["clinic_id", "episode_id", "kind", "first_on", "amends"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
