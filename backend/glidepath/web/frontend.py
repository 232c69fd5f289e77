"""Serves the built front end from memory: files by their name, the one page for everything else."""

import gzip
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from glidepath.problems import NotFound

# What compresses; pictures and fonts are compressed already.
_TEXTUAL = (
    "text/",
    "application/javascript",
    "application/json",
    "application/manifest",
    "image/svg",
)
_PAGE = "/index.html"
_WORKER, _NO_WORKER = "/sw.js", "/no-worker.js"
# Names under /assets carry a hash of their content and never change; all else is asked for anew,
# or a phone would keep an old page that names scripts which are gone.
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    packed: bytes | None
    media_type: str
    cache_control: str


def _load(path: Path, name: str) -> _File:
    content = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix == ".webmanifest":
        media_type = "application/manifest+json"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    packed = gzip.compress(content, 9) if media_type.startswith(_TEXTUAL) else None
    return _File(
        content, packed, media_type, _FOREVER if name.startswith("/assets/") else "no-cache"
    )


def front_end(folder: Path, *, has_worker: bool = True) -> HTTPRouteHandler:
    """A route for every path that no other route takes. An unbuilt front end is a 404.

    Without `has_worker` the worker is one that removes itself and what was kept.
    """
    files = {
        f"/{path.relative_to(folder).as_posix()}": path
        for path in folder.rglob("*")
        if path.is_file()
    }
    loaded = {name: _load(path, name) for name, path in files.items()}
    if not has_worker and _NO_WORKER in loaded:
        loaded[_WORKER] = loaded[_NO_WORKER]

    @get(
        ["/", "/{path:path}"],
        include_in_schema=False,
        public=True,
        audit=None,
        no_audit="the application itself",
    )
    async def serve(request: Request[Any, Any, Any]) -> Response[bytes]:
        path = request.url.path
        found = loaded.get(path)
        if found is None and not path.startswith("/api") and "." not in path.rpartition("/")[2]:
            found = loaded.get(_PAGE)
        if found is None:
            raise NotFound
        headers = {"cache-control": found.cache_control, "vary": "accept-encoding"}
        if found.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            return Response(found.packed, media_type=found.media_type, headers=headers)
        return Response(found.content, media_type=found.media_type, headers=headers)

    return serve
