"""Tables of identity. A clinic is the wall; everything else stands inside one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Double,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from glidepath.database.base import Base, ClinicOwned, door, one_of, within_clinic
from glidepath.database.encryption import Sealed

ROLES = ("patient", "therapist", "admin", "operator")
LOCALES = ("en", "es")
# A clinic where people are treated; the one by which the installation tries itself; and no clinic at all, but
# where accounts of the installation stand, behind the same wall.
KINDS = ("clinic", "watchdog", "installation")
# Of the last, known to the database as well: operators stand there, and nobody else does.
INSTALLATION = UUID("01980000-5ca1-7000-8000-000000000101")
_OPERATORS = f"(role = 'operator') = (clinic_id = '{INSTALLATION}')"
# Of a link: the first passphrase of somebody invited, a new one for one forgotten, another address.
PURPOSES = ("invitation", "reset", "address")


class Clinic(Base):
    __tablename__ = "clinics"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    name: Mapped[str]
    country: Mapped[str]
    timezone: Mapped[str]
    # When somebody reads alerts, in words, per language: patients are told the truth about it.
    hours: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    # Since when alerts that nobody looks at climb here; None where they always did.
    climbs_since: Mapped[datetime | None]
    # All but clinics are in no list: nobody is treated there.
    kind: Mapped[str] = mapped_column(server_default="clinic")

    __table_args__ = (
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country_iso"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(
            f"(kind = 'installation') = (id = '{INSTALLATION}')", name="one_installation"
        ),
        Index("uq_clinics_kind", "kind", unique=True, postgresql_where=text("kind <> 'clinic'")),
    )


class Account(ClinicOwned, Base):
    """A person who can sign in. A patient's account and patient record share one id."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    role: Mapped[str]
    name: Mapped[str]
    locale: Mapped[str]
    email: Mapped[str | None]
    passphrase_hash: Mapped[str | None]
    created_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    signed_in_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(one_of("role", ROLES), name="role"),
        CheckConstraint(_OPERATORS, name="operators"),
        CheckConstraint(one_of("locale", LOCALES), name="locale"),
        CheckConstraint("email = lower(email)", name="email_lower"),
        CheckConstraint("role = 'patient' or email is not null", name="staff_sign_in"),
        UniqueConstraint("clinic_id", "email"),
        Index("ix_accounts_email", "email"),
        door("accounts", "'email:' || email"),
    )


class Session(ClinicOwned, Base):
    """A signed-in device. Only the hash of its token is kept."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    account_id: Mapped[UUID]
    # Copied from the account, so that a request is let in by one row.
    role: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # Kind of browser and of machine, such as "Firefox, Android"; empty where it did not tell.
    label: Mapped[str] = mapped_column(server_default="")
    # Which known device it is on. No foreign key: a device is forgotten while its session goes on.
    device_id: Mapped[UUID | None]
    # How many factors were given, and when the last of them was.
    aal: Mapped[int] = mapped_column(SmallInteger)
    authenticated_at: Mapped[datetime]

    __table_args__ = (
        within_clinic("accounts", "account_id"),
        CheckConstraint(one_of("role", ROLES), name="role"),
        CheckConstraint(_OPERATORS, name="operators"),
        CheckConstraint("aal in (1, 2)", name="aal"),
        Index("uq_sessions_token_hash", "token_hash", unique=True),
        Index("ix_sessions_account_id", "clinic_id", "account_id"),
        door("sessions", "'session:' || encode(token_hash, 'hex')"),
    )


class KnownDevice(ClinicOwned, Base):
    """A browser at which an account was signed in before. Only the hash of its secret is kept."""

    __tablename__ = "known_devices"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    account_id: Mapped[UUID]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    label: Mapped[str]
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # Since when the device is known on which the owner said that this one is theirs. Whoever looks on a
    # device from before that is still asked.
    vouched_since: Mapped[datetime | None]

    __table_args__ = (
        within_clinic("accounts", "account_id"),
        # A shared machine is known to several people, each for themselves.
        UniqueConstraint("clinic_id", "account_id", "secret_hash"),
        Index("ix_known_devices_secret_hash", "secret_hash"),
        door("known_devices", "'device:' || encode(secret_hash, 'hex')"),
    )


class GuessCount(Base):
    """How often secrets of one subject were tried. Of no clinic: nobody is known yet, and most are nobody."""

    __tablename__ = "guess_counts"

    # A hash: whom it stands for cannot be read from it.
    subject: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    run: Mapped[int] = mapped_column(Integer)
    spent: Mapped[float] = mapped_column(Double)
    last_at: Mapped[datetime | None]
    forget_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_guess_counts_forget_at", "forget_at"),)


class Invitation(ClinicOwned, Base):
    """How one patient joins, once and soon: by a code to type or by the long secret of a link, which are
    used up together. Only their hashes are kept."""

    __tablename__ = "invitations"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    account_id: Mapped[UUID]
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    link_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (
        within_clinic("accounts", "account_id"),
        within_clinic("accounts", "created_by"),
        Index("uq_invitations_code_hash", "code_hash", unique=True),
        Index("uq_invitations_link_hash", "link_hash", unique=True),
        Index("ix_invitations_account_id", "clinic_id", "account_id"),
        door("invitations", "'invitation:' || encode(code_hash, 'hex')"),
        door("invitations", "'joining:' || encode(link_hash, 'hex')", "link_holder"),
    )


class Link(ClinicOwned, Base):
    """A link that one of the staff gets once, for one purpose, at one address."""

    __tablename__ = "account_links"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    account_id: Mapped[UUID]
    purpose: Mapped[str]
    address: Mapped[str]
    # The address that a used link of a change put out of use: its owner is told there.
    replaced: Mapped[str | None]
    # Null until it goes out: the secret is made by whoever sends it, and is kept nowhere.
    secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    # Null where somebody asked for it who was not signed in.
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (
        within_clinic("accounts", "account_id"),
        within_clinic("accounts", "created_by"),
        CheckConstraint(one_of("purpose", PURPOSES), name="purpose"),
        CheckConstraint("address = lower(address)", name="address_lower"),
        Index("uq_account_links_secret_hash", "secret_hash", unique=True),
        Index("ix_account_links_account_id", "clinic_id", "account_id"),
        door("account_links", "'link:' || encode(secret_hash, 'hex')"),
    )


class Passkey(ClinicOwned, Base):
    """The public half of a key that an account's device keeps; worthless to a thief."""

    __tablename__ = "passkeys"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    account_id: Mapped[UUID]
    credential_id: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    # Grows with every use on devices that count; one that falls back was copied.
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]

    __table_args__ = (
        within_clinic("accounts", "account_id"),
        Index("uq_passkeys_credential_id", "credential_id", unique=True),
        Index("ix_passkeys_account_id", "clinic_id", "account_id"),
        door("passkeys", "'passkey:' || encode(credential_id, 'hex')"),
    )


class Phrase(ClinicOwned, Base):
    """Six words on paper with which a patient signs in again; only their hash is kept."""

    __tablename__ = "phrases"

    account_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    phrase_hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]

    __table_args__ = (
        within_clinic("accounts", "account_id"),
        Index("uq_phrases_phrase_hash", "phrase_hash", unique=True),
        door("phrases", "'phrase:' || encode(phrase_hash, 'hex')"),
    )


class Authenticator(ClinicOwned, Base):
    """An app that gives one of the staff codes; without `confirmed_at` it is just being set up."""

    __tablename__ = "authenticators"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    account_id: Mapped[UUID]
    # In base32, as apps take it.
    secret: Mapped[str] = mapped_column(Sealed("authenticators.secret"))
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    # The half minute of the last code that was taken: neither it nor an earlier one is taken again.
    last_step: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        within_clinic("accounts", "account_id"),
        Index(
            "uq_authenticators_confirmed",
            "clinic_id",
            "account_id",
            unique=True,
            postgresql_where=text("confirmed_at is not null"),
        ),
        Index(
            "uq_authenticators_begun",
            "clinic_id",
            "account_id",
            unique=True,
            postgresql_where=text("confirmed_at is null"),
        ),
    )


class RecoveryCode(ClinicOwned, Base):
    """One of ten on paper; only its hash is kept."""

    __tablename__ = "recovery_codes"

    account_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, sort_order=-9)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (within_clinic("accounts", "account_id"),)


class Challenge(Base):
    """What a device must sign, once and soon. Of no clinic: it is made before anybody is known."""

    __tablename__ = "challenges"

    challenge_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    # Whose new passkey it is for; None for signing in.
    account_id: Mapped[UUID | None]
    expires_at: Mapped[datetime]


class ErasedAccount(ClinicOwned, Base):
    """That there was a patient of this id, who was erased. Written by the database alone."""

    __tablename__ = "erased_accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    erased_at: Mapped[datetime]


class ErasedSignIn(ClinicOwned, Base):
    """By which an erased patient's phone is told why it is not let in, for as long as it would have been."""

    __tablename__ = "erased_sign_ins"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, sort_order=-10)
    expires_at: Mapped[datetime]

    __table_args__ = (door("erased_sign_ins", "'session:' || encode(token_hash, 'hex')"),)
