"""What two may change at once is changed from the version that was seen, which If-Match names."""

import re
from typing import Annotated, Final

from litestar.params import HeaderParameter

from glidepath.problems import Malformed, VersionMissing

IfMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match", description='The ETag of what was seen; "0" before the first.'
    ),
]
# Weak as well: a proxy that compresses an answer weakens its ETag.
ETAG: Final = re.compile(r'(?:W/)?"(\d{1,9})"')


def seen(if_match: str | None) -> int:
    """The version that the caller saw."""
    if if_match is None:
        raise VersionMissing("Send the version you saw as If-Match, so that nobody is overwritten.")
    found = ETAG.fullmatch(if_match.strip())
    if found is None:
        raise Malformed('If-Match has to be the ETag of what you saw, such as "3".')
    return int(found[1])
