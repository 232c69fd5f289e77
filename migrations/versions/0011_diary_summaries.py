"""The end of each diary in short, so that a list of many patients need not read their entries."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

APP = "glidepath_app"
OWN = "clinic_id = nullif(current_setting('app.clinic_id', true), '')::uuid"

# As the diary itself summarises an episode at each sync, here for all of them.
FILL = """
    with settled as (
        select distinct on (episode_id, coalesce(revises, id))
            episode_id, day, withdrawn, pain_now, sensations, place
        from check_ins
        order by episode_id, coalesce(revises, id), made_at desc, id desc
    ), exercised as (
        select distinct on (episode_id, coalesce(revises, id)) episode_id, day, withdrawn
        from exercise_sessions
        order by episode_id, coalesce(revises, id), made_at desc, id desc
    ), ends as (
        select episode_id, max(day) as last_on from (
            select episode_id, day from settled where not withdrawn union all
            select episode_id, day from exercised where not withdrawn
        ) as written group by episode_id
    ), said as (
        select episode_id, day, max(pain_now)::int as pain,
            max(array_position(array['back', 'buttock', 'thigh', 'calf', 'foot'], place)) - 1
                as place,
            case when bool_or(sensations is not null) then
                count(distinct felt)
                filter (where felt in ('tingling', 'burning', 'shooting', 'numbness'))
            end as nerve
        from settled left join unnest(sensations) as felt on true
        where not withdrawn group by episode_id, day
    )
    insert into diary_summaries (clinic_id, episode_id, last_on, pain, nerve, place)
    select episodes.clinic_id, episodes.id, ends.last_on,
        string_agg(coalesce(to_hex(said.pain), '-'), '' order by back desc),
        string_agg(coalesce(said.nerve::text, '-'), '' order by back desc),
        string_agg(coalesce(said.place::text, '-'), '' order by back desc)
    from episodes
    join ends on ends.episode_id = episodes.id
    cross join generate_series(0, 34) as back
    left join said on said.episode_id = episodes.id and said.day = ends.last_on - back
    group by episodes.clinic_id, episodes.id, ends.last_on
"""
READ = ("episodes", "check_ins", "exercise_sessions")


def upgrade() -> None:
    op.create_table(
        "diary_summaries",
        sa.Column("clinic_id", UUID(as_uuid=True), nullable=False),
        sa.Column("episode_id", UUID(as_uuid=True), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("pain", sa.Text(), nullable=False),
        sa.Column("nerve", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id", "episode_id", name=op.f("pk_diary_summaries")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("fk_diary_summaries_clinic_id")
        ),
        sa.ForeignKeyConstraint(
            ["clinic_id", "episode_id"],
            ["episodes.clinic_id", "episodes.id"],
            name=op.f("fk_diary_summaries_clinic_id_episode_id"),
        ),
    )
    for table in READ:
        op.execute(f"alter table {table} no force row level security")
    op.execute(FILL)
    for table in READ:
        op.execute(f"alter table {table} force row level security")
    op.execute(f"grant select, insert, update on diary_summaries to {APP}")
    op.execute("alter table diary_summaries enable row level security")
    op.execute("alter table diary_summaries force row level security")
    op.execute(f"create policy tenant on diary_summaries to {APP} using ({OWN}) with check ({OWN})")


def downgrade() -> None:
    op.drop_table("diary_summaries")
