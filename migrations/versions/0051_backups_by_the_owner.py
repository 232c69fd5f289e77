"""Only whoever is connected as the owner sees every clinic's rows for a backup, and no function that has the owner's rights."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

ASKED = "current_setting('app.backup', true) = 'on'"
BY_THE_OWNER = f"{ASKED} and session_user = current_user"
SHOWN = """
    select quote_ident(tablename) from pg_policies
    where schemaname = 'public' and policyname = 'backup' order by tablename
"""
LET_READ = """
    create or replace function let_backup_read(name regclass) returns void language plpgsql as $$
    begin
        execute format(
            'create policy backup on %s for select to current_user using (%s)', name, $using$CONDITION$using$
        );
    end $$
"""


def upgrade() -> None:
    show(BY_THE_OWNER)


def downgrade() -> None:
    show(ASKED)


def show(condition: str) -> None:
    op.execute(LET_READ.replace("CONDITION", condition))
    for table in shown():
        op.execute(f"alter policy backup on {table} using ({condition})")


def shown() -> Sequence[str]:
    return op.get_bind().execute(sa.text(SHOWN)).scalars().all()
