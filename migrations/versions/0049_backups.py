"""A backup sees the rows of every clinic: it is the owner who makes it, and it only reads.

A new table behind a wall says `select let_backup_read('its_name')` in its migration.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

WALLED = """
    select quote_ident(relname) from pg_class
    where relnamespace = 'public'::regnamespace and relrowsecurity order by relname
"""
LET_READ = """
    create function let_backup_read(name regclass) returns void language plpgsql as $$
    begin
        execute format(
            'create policy backup on %s for select to current_user using (%s)',
            name, $using$current_setting('app.backup', true) = 'on'$using$
        );
    end $$
"""


def upgrade() -> None:
    op.execute(LET_READ)
    op.execute("revoke all on function let_backup_read from public")
    for table in walled():
        op.execute(f"select let_backup_read('{table}')")


def downgrade() -> None:
    for table in walled():
        op.execute(f"drop policy if exists backup on {table}")
    op.execute("drop function let_backup_read")


def walled() -> Sequence[str]:
    return op.get_bind().execute(sa.text(WALLED)).scalars().all()
