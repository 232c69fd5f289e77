"""One shape for every error: RFC 9457 problem details with a sentence a person can act on."""

from collections.abc import Iterator
from pathlib import Path
from traceback import extract_tb
from typing import Any
from uuid import uuid4

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from sqlalchemy.exc import IntegrityError

from glidepath import events
from glidepath.database.trouble import has_no_room, is_trouble, state_of
from glidepath.problems import Conflict, Malformed, Problem, Unavailable
from glidepath.web.security_events import tell_of

log = structlog.get_logger()

_PACKAGE = str(Path(__file__).parent.parent)

AnyRequest = Request[Any, Any, Any]
AnyResponse = Response[Any]

UNIQUE_VIOLATION = "23505"

_TITLES = {
    400: "The request cannot be read",
    404: "Not found",
    405: "Not possible here",
    413: "Too large",
}
_CODES = {400: "malformed", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}


def _render(body: dict[str, Any], headers: dict[str, str] | None = None) -> AnyResponse:
    events.note(code=body["code"])
    return Response(
        body,
        status_code=body["status"],
        media_type="application/problem+json",
        headers=headers or {},
    )


def problem(request: AnyRequest, error: Problem) -> AnyResponse:
    return _render(error.body(), error.headers)


def invalid(request: AnyRequest, error: ValidationException) -> AnyResponse:
    found = [
        {"field": str(one.get("key", "")), "message": str(one.get("message", ""))}
        for one in error.extra or []
        if isinstance(one, dict)
    ]
    detail = "; ".join(f"{one['field']}: {one['message']}" for one in found if one["message"])
    return _render(
        {
            "type": "about:blank",
            "title": _TITLES[400],
            "status": 400,
            "detail": detail or "The request does not have the expected form.",
            "code": "malformed",
            "errors": found,
        }
    )


def http_error(request: AnyRequest, error: HTTPException) -> AnyResponse:
    """What the framework itself raises: unknown paths, methods, bodies too large or unreadable."""
    status = error.status_code
    if request.scope.get("route_handler") is None:
        # No route was found, so that nobody else tells of it.
        tell_of(request.scope, status, {})
    detail = "There is nothing here." if status == 404 else error.detail
    return _render(
        {
            "type": "about:blank",
            "title": _TITLES.get(status, "The request cannot be answered"),
            "status": status,
            "detail": detail,
            "code": _CODES.get(status, "error"),
        },
        dict(error.headers or {}),
    )


def _defects_and_trouble(error: BaseException | None) -> Iterator[Exception]:
    """What went wrong, one by one: where a handler failed and giving its connection back failed as well, both come as a
    group, caused by the first. What was only refused counts for nothing beside it."""
    if isinstance(error, ExceptionGroup):
        for one in (error.__cause__, *error.exceptions):
            yield from _defects_and_trouble(one)
    elif isinstance(error, Exception) and not isinstance(error, Problem | HTTPException):
        yield error


def unexpected(request: AnyRequest, error: Exception) -> AnyResponse:
    """Database trouble is 503 and worth another try; the rest is a defect, logged by number."""
    found = list(_defects_and_trouble(error))
    if all(is_trouble(one) for one in found):
        for one in found:
            log.warning("database_trouble", error=type(one).__name__, sqlstate=state_of(one))
            if has_no_room(one):
                request.app.state.was_full = True
        return problem(request, Unavailable())
    error = next(one for one in found if not is_trouble(one))
    if isinstance(error, IntegrityError) and state_of(error) == UNIQUE_VIOLATION:
        # Ids are made by callers; one that is taken is the caller's to change.
        return problem(request, Conflict("A record with this id exists already.", code="id_taken"))
    frames = [frame for frame in extract_tb(error.__traceback__) if _PACKAGE in frame.filename]
    if isinstance(error, UnicodeDecodeError | RecursionError) and not frames:
        # Raised while the framework read the body, before any code of ours: not UTF-8, or nested
        # a thousand deep.
        return problem(request, Malformed("The body is not readable JSON."))
    number = uuid4().hex[:12]
    # The type and place, not the message: a message can hold what a patient wrote.
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    log.error(
        "unexpected",
        number=number,
        error=type(error).__name__,
        sqlstate=state_of(error),
        place=place,
    )
    return _render(
        {
            "type": "about:blank",
            "title": Problem.title,
            "status": 500,
            "detail": f"The mistake is on our side. Quote number {number} when you report it.",
            "code": "internal_error",
        }
    )


HANDLERS: dict[Any, Any] = {
    Problem: problem,
    ValidationException: invalid,
    HTTPException: http_error,
    Exception: unexpected,
}
