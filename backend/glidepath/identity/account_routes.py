"""Accounts: a clinic's staff, one's own, links, and where one is signed in."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.database.engine import Database
from glidepath.identity import devices, own_account, passphrases, staffing
from glidepath.identity.account_schemas import (
    AddressBody,
    Colleagues,
    Devices,
    Ended,
    ForgottenBody,
    LinkBody,
    LinkPassphrase,
    LinkView,
    NewColleague,
    OwnAccount,
    PassphraseBody,
    RoleBody,
    StaffLink,
)
from glidepath.identity.actor import Actor, ProfessionalActor, StaffActor
from glidepath.identity.cookies import browser_of, signed_in
from glidepath.identity.schemas import Me


class StaffController(Controller):
    """For the clinic's admins."""

    path = "/staff"
    tags = ["staff"]  # noqa: RUF012 (Litestar's way)

    @get("/", operation_id="getStaff", audit=None, no_audit="of staff")
    async def everybody(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> Colleagues:
        """Everybody of the clinic's staff, closed accounts last."""
        return await staffing.everybody(session, staff, datetime.now(UTC))

    @put(
        "/{account_id:uuid}",
        operation_id="inviteStaff",
        audit=None,
        no_audit="of staff",
        status_code=201,
    )
    async def invite(
        self,
        account_id: FromPath[UUID],
        data: JSONBody[NewColleague],
        state: State,
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> StaffLink:
        """Invites somebody, under an id of the caller's; the link works for a day, once."""
        now = datetime.now(UTC)
        return await staffing.invite(session, staff, account_id, data, state.settings, now)

    @post(
        "/{account_id:uuid}/links",
        operation_id="sendStaffLink",
        audit=None,
        no_audit="of staff",
        status_code=HTTP_200_OK,
    )
    async def link(
        self,
        account_id: FromPath[UUID],
        state: State,
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> StaffLink:
        """Invites again who has not come yet; a way to a new passphrase for who has."""
        now = datetime.now(UTC)
        return await staffing.link_again(session, staff, account_id, state.settings, now)

    @put("/{account_id:uuid}/role", operation_id="putStaffRole", audit=None, no_audit="of staff")
    async def role(
        self,
        account_id: FromPath[UUID],
        data: JSONBody[RoleBody],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Colleagues:
        """Changes what somebody may do, and signs them out."""
        now = datetime.now(UTC)
        return await staffing.set_role(session, staff, account_id, data.role, now)

    @post(
        "/{account_id:uuid}/reset-second-factor",
        operation_id="resetSecondFactor",
        audit=None,
        no_audit="of staff",
        status_code=HTTP_200_OK,
    )
    async def reset_second_factor(
        self,
        account_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Colleagues:
        """Removes what somebody proves a second time with who they are, and signs them out."""
        return await staffing.reset_second_factor(session, staff, account_id, datetime.now(UTC))

    @post(
        "/{account_id:uuid}/close",
        operation_id="closeStaff",
        audit=None,
        no_audit="of staff",
        status_code=HTTP_200_OK,
    )
    async def close(
        self,
        account_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Colleagues:
        """Signs somebody out everywhere, and lets them in no more."""
        return await staffing.close(session, staff, account_id, datetime.now(UTC))

    @post(
        "/{account_id:uuid}/reopen",
        operation_id="reopenStaff",
        audit=None,
        no_audit="of staff",
        status_code=HTTP_200_OK,
    )
    async def reopen(
        self,
        account_id: FromPath[UUID],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Colleagues:
        """Lets somebody in again."""
        return await staffing.reopen(session, staff, account_id, datetime.now(UTC))


class LinkController(Controller):
    """For whoever holds a link, or asks for one. The secret travels in the body alone."""

    tags = ["links"]  # noqa: RUF012 (Litestar's way)

    @post(
        "/forgotten",
        operation_id="forgotten",
        audit=None,
        no_audit="before anybody is known",
        status_code=HTTP_202_ACCEPTED,
        public=True,
    )
    async def forgotten(
        self, data: JSONBody[ForgottenBody], session: NamedDependency[AsyncSession]
    ) -> None:
        """Sends staff with this address a way to a new passphrase; the answer is the same for all."""
        await own_account.forgotten(session, data.email)

    @post(
        "/links/look",
        operation_id="lookAtLink",
        audit=None,
        no_audit="before anybody is known",
        status_code=HTTP_200_OK,
        public=True,
    )
    async def look(
        self, data: JSONBody[LinkBody], session: NamedDependency[AsyncSession]
    ) -> LinkView:
        """What a link is for; it is not used up by this."""
        return await own_account.look(session, data.secret, datetime.now(UTC))

    @post(
        "/links/passphrase",
        operation_id="useLink",
        audit=None,
        no_audit="before anybody is known",
        status_code=HTTP_200_OK,
        public=True,
    )
    async def passphrase(
        self, data: JSONBody[LinkPassphrase], request: Request[Any, Any, Any], state: State
    ) -> Response[Me]:
        """Sets a passphrase, which uses the link up, and signs in here and nowhere else."""
        database: Database = state.database
        # A link that opens nothing is refused before anything is hashed.
        async with database.reading() as session:
            link = await own_account.look(session, data.secret, datetime.now(UTC))
        passphrases.require_good(data.passphrase, (link.name, link.email, link.clinic))
        hashed = await own_account.hash_new(data.passphrase)
        async with database.writing() as session:
            opened = await own_account.set_passphrase_by_link(
                session, data.secret, hashed, datetime.now(UTC), browser_of(request)
            )
        return signed_in(opened)

    @post(
        "/links/address",
        operation_id="useAddressLink",
        audit=None,
        no_audit="before anybody is known",
        status_code=204,
        public=True,
    )
    async def address(
        self, data: JSONBody[LinkBody], session: NamedDependency[AsyncSession]
    ) -> None:
        """The address that the link went to is the account's from here on."""
        await own_account.set_address_by_link(session, data.secret, datetime.now(UTC))


class OwnAccountController(Controller):
    path = "/account"
    tags = ["account"]  # noqa: RUF012 (Litestar's way)

    @get("/", operation_id="getAccount", audit=None, no_audit="the caller's own account")
    async def own(
        self,
        state: State,
        professional: NamedDependency[ProfessionalActor],
        session: NamedDependency[AsyncSession],
    ) -> OwnAccount:
        """The account that asks."""
        return await own_account.own(session, professional, state.settings)

    @put(
        "/passphrase",
        operation_id="putPassphrase",
        audit=None,
        no_audit="the caller's own account",
        status_code=HTTP_204_NO_CONTENT,
        apart=True,
    )
    async def passphrase(
        self,
        data: JSONBody[PassphraseBody],
        state: State,
        professional: NamedDependency[ProfessionalActor],
    ) -> None:
        """Another passphrase; every other device is signed out."""
        database: Database = state.database
        async with database.reading(professional.clinic_id) as session:
            now = datetime.now(UTC)
            await own_account.require_good(session, professional, data.passphrase, now)
        hashed = await own_account.hash_new(data.passphrase)
        async with database.writing(professional.clinic_id) as session:
            await own_account.change_passphrase(session, professional, hashed)

    @post(
        "/address",
        operation_id="postAddress",
        audit=None,
        no_audit="the caller's own account",
        status_code=HTTP_202_ACCEPTED,
    )
    async def address(
        self,
        data: JSONBody[AddressBody],
        state: State,
        professional: NamedDependency[ProfessionalActor],
        session: NamedDependency[AsyncSession],
    ) -> None:
        """Sends a link to another address, which becomes the account's when the link is used."""
        await own_account.change_address(
            session, professional, data.email, state.settings, datetime.now(UTC)
        )


class DeviceController(Controller):
    path = "/devices"
    tags = ["devices"]  # noqa: RUF012 (Litestar's way)

    @get("/", operation_id="getDevices", audit=None, no_audit="the caller's own account")
    async def own(
        self, actor: NamedDependency[Actor], session: NamedDependency[AsyncSession]
    ) -> Devices:
        """Where I am signed in."""
        return await devices.own(session, actor, datetime.now(UTC))

    @delete(
        "/{session_id:uuid}",
        operation_id="endDevice",
        audit=None,
        no_audit="the caller's own account",
    )
    async def end(
        self,
        session_id: FromPath[UUID],
        actor: NamedDependency[Actor],
        session: NamedDependency[AsyncSession],
    ) -> None:
        """Signs one of my devices out."""
        await devices.end(session, actor, session_id)

    @post(
        "/end-others",
        operation_id="endOtherDevices",
        audit=None,
        no_audit="the caller's own account",
        status_code=HTTP_200_OK,
    )
    async def end_others(
        self, actor: NamedDependency[Actor], session: NamedDependency[AsyncSession]
    ) -> Ended:
        """Signs all my devices out but this one."""
        return Ended(await devices.end_others(session, actor))
