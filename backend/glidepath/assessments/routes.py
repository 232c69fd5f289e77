"""Recording an examination."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Controller, Response, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.assessments import service
from glidepath.assessments.schemas import AssessmentBody, AssessmentView
from glidepath.audit.actions import Action
from glidepath.identity.actor import StaffActor


class AssessmentController(Controller):
    tags = ["assessments"]  # noqa: RUF012 (Litestar's way)

    @put(
        "/episodes/{episode_id:uuid}/assessments/{assessment_id:uuid}",
        operation_id="putAssessment",
        audit=Action.ASSESSMENT_WRITE,
        status_code=HTTP_201_CREATED,
    )
    async def put_assessment(
        self,
        episode_id: FromPath[UUID],
        assessment_id: FromPath[UUID],
        data: JSONBody[AssessmentBody],
        staff: NamedDependency[StaffActor],
        session: NamedDependency[AsyncSession],
    ) -> Response[AssessmentView | None]:
        """Records what was found, a correction of it, or that it is taken back (then null stands);
        under an id made by the caller, so that sent again it answers 200."""
        standing, is_new = await service.put(
            session, staff, episode_id, assessment_id, data, datetime.now(UTC)
        )
        return Response(standing, status_code=HTTP_201_CREATED if is_new else HTTP_200_OK)
