"""Whoever is in a clinic finds a row of it by an index, however many clinics there are.

Where a row can also be found by a secret, before its clinic is known, two policies are joined by `or`. PostgreSQL follows an
index only where both sides have one; with none for the secret it looked through every clinic for each account.
"""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

# As the policies say it: the planner compares the words.
DOORS = {
    ("account_links", "holder"): "'link:' || encode(secret_hash, 'hex')",
    ("accounts", "holder"): "'email:' || email",
    ("erased_sign_ins", "holder"): "'session:' || encode(token_hash, 'hex')",
    ("invitations", "holder"): "'invitation:' || encode(code_hash, 'hex')",
    ("invitations", "link_holder"): "'joining:' || encode(link_hash, 'hex')",
    ("known_devices", "holder"): "'device:' || encode(secret_hash, 'hex')",
    ("passkeys", "holder"): "'passkey:' || encode(credential_id, 'hex')",
    ("phrases", "holder"): "'phrase:' || encode(phrase_hash, 'hex')",
    ("push_subscriptions", "holder"): "'push:' || endpoint",
    ("sessions", "holder"): "'session:' || encode(token_hash, 'hex')",
}


def upgrade() -> None:
    for (table, policy), key in DOORS.items():
        op.create_index(f"ix_{table}_{policy}", table, [sa.text(f"({key})")])


def downgrade() -> None:
    for table, policy in DOORS:
        op.drop_index(f"ix_{table}_{policy}", table)
