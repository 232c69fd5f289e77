"""Errors as types: each has a status, a code for programs and a sentence for people (RFC 9457)."""

import math
from datetime import timedelta
from typing import Any, ClassVar


class Problem(Exception):
    """Something the caller is told. Raise it: raised means rolled back."""

    status: ClassVar[int] = 500
    code: str = "internal_error"
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(self, detail: str, *, code: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        if code is not None:
            self.code = code
        self.extra = extra
        self.headers: dict[str, str] = {}

    def body(self) -> dict[str, Any]:
        return {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.extra,
        }


class Malformed(Problem):
    status = 400
    code = "malformed"
    title = "The request cannot be read"


class SignedOut(Problem):
    status = 401
    code = "signed_out"
    title = "Sign in first"


class Forbidden(Problem):
    status = 403
    code = "forbidden"
    title = "Not allowed"


class NotFound(Problem):
    """Also for what exists but is not the caller's to see: the answers cannot be told apart."""

    status = 404
    code = "not_found"
    title = "Not found"

    def __init__(self, detail: str = "There is nothing here.") -> None:
        super().__init__(detail)


class Conflict(Problem):
    status = 409
    code = "conflict"
    title = "This was changed meanwhile"


class Outdated(Problem):
    """The caller's copy is not the present one, which goes with the answer as `current`."""

    status = 412
    code = "outdated"
    title = "This was changed meanwhile"

    def __init__(self, detail: str, version: int, **extra: Any) -> None:
        super().__init__(detail, **extra)
        self.headers = {"ETag": etag(version)}


class TooLarge(Problem):
    status = 413
    code = "too_large"
    title = "Too large"


class TooLongHeaders(Problem):
    status = 431
    code = "headers_too_large"
    title = "Too large"


class VersionMissing(Problem):
    """Two people may change it: so each has to say what they saw."""

    status = 428
    code = "version_missing"
    title = "Say which version you saw"


def etag(version: int) -> str:
    return f'"{version}"'


class Invalid(Problem):
    """Well-formed, but against a rule of the product; `errors` names field and message."""

    status = 422
    code = "invalid"
    title = "This cannot be accepted"


class TooMany(Problem):
    status = 429
    code = "too_many"
    title = "Too much at once"


class TriedTooOften(TooMany):
    """Too many wrong secrets; it opens again by itself after `wait`, which goes with the answer."""

    code = "tried_too_often"

    def __init__(self, wait: timedelta) -> None:
        seconds = max(1, math.ceil(wait.total_seconds()))
        super().__init__(
            f"There were too many wrong tries. The next one is possible in {_in_words(seconds)}."
        )
        self.headers = {"Retry-After": str(seconds)}


def _in_words(seconds: int) -> str:
    if seconds < 100:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    return f"{math.ceil(seconds / 60)} minutes"


class Unavailable(Problem):
    status = 503
    code = "unavailable"
    title = "Try again in a moment"

    def __init__(self, detail: str = "The service cannot do this right now.") -> None:
        super().__init__(detail)
        self.headers = {"Retry-After": "5"}


class Crowded(Unavailable):
    """More is asked than can be answered, and others come first; nothing was done."""

    code = "crowded"

    def __init__(self) -> None:
        super().__init__(
            "More is asked at this moment than can be answered. Nothing was done: try again in a few seconds."
        )


class Busy(Unavailable):
    """Too many people sign in at this moment; nothing was tried."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__(
            "Many people are signing in at this moment. Nothing is wrong with what you typed: "
            "try again in a few seconds."
        )
