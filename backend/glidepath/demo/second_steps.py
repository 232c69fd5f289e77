"""The second step of the demo's staff: an authenticator app whose secret everybody may know."""

from base64 import b32decode
from datetime import datetime
from typing import Final

from glidepath.database.engine import Database
from glidepath.demo.cast import ABROAD, CLINIC, STAFF, STAFF_ABROAD
from glidepath.identity import second_factor, totp
from glidepath.identity import service as identity

# Of no other clinic: every other secret is drawn at random.
SECRET: Final = b32decode("GLIDEPATHDEMOGLIDEPATHDEMOGLIDEP")


def code(now: datetime) -> str:
    return totp.code_of(SECRET, totp.step_of(now))


async def give(database: Database, now: datetime) -> None:
    """To those of the demo's staff who have no second factor."""
    for clinic_id, members in ((CLINIC, STAFF), (ABROAD, STAFF_ABROAD)):
        async with database.writing(clinic_id) as session:
            names = {member.id for member in members}
            for account in await identity.staff(session):
                if account.id in names:
                    await second_factor.give(session, account, SECRET, now)
