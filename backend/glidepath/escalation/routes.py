"""The clinic's alert policy."""

from datetime import UTC, datetime

from litestar import Controller, Response, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.escalation import rules
from glidepath.escalation.schemas import PolicyBody, PolicyView
from glidepath.identity.actor import StaffActor
from glidepath.problems import etag
from glidepath.versions import IfMatch, seen


class PolicyController(Controller):
    tags = ["alerts"]  # noqa: RUF012 (Litestar's way)

    @get(
        "/alert-policy",
        operation_id="getAlertPolicy",
        audit=None,
        no_audit="the clinic's own words, of nobody's record",
    )
    async def get_policy(
        self, staff: NamedDependency[StaffActor], session: NamedDependency[AsyncSession]
    ) -> Response[PolicyView]:
        """When the clinic reads, and what becomes of an alert that nobody looks at."""
        return _tagged(await rules.view(session))

    @put(
        "/alert-policy",
        operation_id="putAlertPolicy",
        audit=None,
        no_audit="the clinic's own words, of nobody's record",
    )
    async def put_policy(
        self,
        data: JSONBody[PolicyBody],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
        if_match: IfMatch = None,
    ) -> Response[PolicyView]:
        """Saves the next version; the ones before stay. Patients are told its hours from now on."""
        version, now = seen(if_match), datetime.now(UTC)
        return _tagged(await rules.save(session, staff, version, data, now))


def _tagged(policy: PolicyView) -> Response[PolicyView]:
    return Response(policy, headers={"ETag": etag(policy.version)})
