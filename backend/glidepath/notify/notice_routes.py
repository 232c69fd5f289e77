"""How staff want to be told, and the mails of an installation that sends none."""

from datetime import UTC, datetime

from litestar import Controller, Response, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.identity.actor import StaffActor
from glidepath.notify import notices
from glidepath.notify.schemas import KeptMails, NoticeBody, Notices, TryView
from glidepath.problems import etag
from glidepath.versions import IfMatch, seen


class NoticeController(Controller):
    tags = ["notices"]  # noqa: RUF012 (Litestar's way)

    @get("/notices", operation_id="getNotices", audit=None, no_audit="of staff")
    async def get_notices(
        self,
        state: State,
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[Notices]:
        """How I am told of alerts, and what that can rest on."""
        return _tagged(await notices.of(session, staff, state.settings))

    @put("/notices", operation_id="putNotices", audit=None, no_audit="of staff")
    async def put_notices(
        self,
        data: JSONBody[NoticeBody],
        state: State,
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
        if_match: IfMatch = None,
    ) -> Response[Notices]:
        """Changes how I am told."""
        version, now = seen(if_match), datetime.now(UTC)
        return _tagged(await notices.put(session, staff, data, version, state.settings, now))

    @post(
        "/notices/tries",
        operation_id="tryNotices",
        audit=None,
        no_audit="messages about nothing",
        status_code=HTTP_200_OK,
    )
    async def try_out(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> list[TryView]:
        """Sends me a message by each way that I chose."""
        return await notices.try_out(session, staff, datetime.now(UTC))

    @get("/notices/tries", operation_id="getTries", audit=None, no_audit="messages about nothing")
    async def get_tries(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> list[TryView]:
        """What became of the last such messages, if they are of the last hour."""
        return await notices.last_tried(session, staff.account_id, datetime.now(UTC))

    @get("/mails", operation_id="getKeptMails", audit=None, no_audit="mails say nothing of anybody")
    async def get_mails(
        self,
        state: State,
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> KeptMails:
        """For admins: the mails that an installation without a mail server would have sent."""
        return await notices.kept_mails(session, staff, state.settings)


def _tagged(found: Notices) -> Response[Notices]:
    return Response(found, headers={"ETag": etag(found.version)})
