"""What a request may consist of, before anything of it is believed: sizes, nesting, and text (IN-3, IN-4).

Text is kept in the composed form of Unicode (NFC), so that what looks the same is the same. A key that
comes twice, a NUL or half a surrogate pair is refused: each reader would make something else of it. Of a
batch whose entries are read one by one (`entry_by_entry`) only the entry is, or the rest would wait for ever.
"""

import json
import re
import unicodedata
from typing import Any, Final, NoReturn, cast

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPReceiveMessage, Receive, Scope, Send

from glidepath.problems import Malformed, TooLarge, TooLongHeaders
from glidepath.web.origin import SAFE_METHODS

# A full batch is about 60 KiB; nothing that a phone sends is larger than this. A route that takes files says so.
MAX_BODY: Final = 256 * 1024
MAX_HEADERS: Final = 16 * 1024
MAX_QUERY: Final = 2 * 1024
# A plan with its criteria is seven deep.
MAX_DEPTH: Final = 32

# A string, also one that never ends, is taken whole and once: from each of its quotes anew it would be tried
# again to the end of the text.
_BRACKETS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[{}\[\]]', re.DOTALL)
_SURROGATES = re.compile("[\ud800-\udfff]")
_NOTHING_READ = "The body is not readable JSON."


class Bodies(ASGIMiddleware):
    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] == ScopeType.HTTP:
            if sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEADERS:
                raise TooLongHeaders("The headers of this request are too long.")
            if len(scope["query_string"]) > MAX_QUERY:
                raise Malformed("The address of this request is too long.")
            if scope["method"] not in SAFE_METHODS:
                handler = scope.get("route_handler")
                one_by_one = handler is not None and handler.opt.get("entry_by_entry", False)
                largest = MAX_BODY if handler is None else handler.opt.get("largest_body", MAX_BODY)
                body = readable(await _whole(receive, largest), strict=not one_by_one)
                receive = _again(body, receive)
        await next_app(scope, receive, send)


async def _whole(receive: Receive, largest: int) -> bytes:
    """The body, however it comes; TooLarge as soon as it is."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            # The client is gone; what comes of it is of interest to nobody.
            raise Malformed(_NOTHING_READ)
        parts.append(message["body"])
        size += len(message["body"])
        if size > largest:
            raise TooLarge("This is larger than anything that is sent here.")
        if not message["more_body"]:
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Says the body once more, and then whatever comes after it."""
    told = False

    async def tell() -> HTTPReceiveMessage:
        nonlocal told
        if told:
            return cast("HTTPReceiveMessage", await receive())
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return cast("Receive", tell)


def readable(body: bytes, *, strict: bool = True) -> bytes:
    """The body with its text composed. Malformed if it is not JSON of this kind; an empty one is left alone.

    Without `strict` a character that no text has becomes a NUL, for which the part is refused in which it stands.
    """
    if not body:
        return body
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Malformed(_NOTHING_READ) from error
    _require_shallow(text)
    try:
        read = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_number)
    except ValueError as error:
        raise Malformed(_NOTHING_READ) from error
    # What is written out and composed needs no second look; an escape may be anything.
    if "\\u" not in text and unicodedata.is_normalized("NFC", text):
        return body
    return json.dumps(_composed(read, strict=strict), ensure_ascii=False).encode()


def _require_shallow(text: str) -> None:
    if text.count("{") + text.count("[") <= MAX_DEPTH:
        return
    depth = 0
    for found in _BRACKETS.finditer(text):
        if found[0] in ("{", "["):
            depth += 1
            if depth > MAX_DEPTH:
                raise Malformed("The body is nested too deep.")
        elif found[0] in ("}", "]"):
            depth -= 1


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise Malformed("The body has a key twice.")
    return made


def _no_number(name: str) -> NoReturn:
    raise Malformed(f"{name} is no number in JSON.")


def _composed(read: Any, *, strict: bool) -> Any:
    if isinstance(read, str):
        whole = _SURROGATES.sub("\0", read)
        if strict and "\0" in whole:
            raise Malformed("The body has a character that no text has.")
        return unicodedata.normalize("NFC", whole)
    if isinstance(read, dict):
        return {
            _composed(key, strict=strict): _composed(value, strict=strict)
            for key, value in read.items()
        }
    if isinstance(read, list):
        return [_composed(one, strict=strict) for one in read]
    return read
