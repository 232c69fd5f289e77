"""Bodies for a type that is read from the wire: near to what it takes, and as far from it as one likes."""

import json
from base64 import b64encode
from functools import cache
from typing import Any, Final, cast

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

# Half a pair, a NUL, a word in two parts that is composed into one, a mark that turns the line around.
_ODD: Final = ("\ud800", "\0", "e\u0301", "\u202e", "\U0001f9b5", "\u212b", "", "1" * 2_001, '"\\')
_NUMBERS: Final = (-1, 0, 2**31, 2**63, -(2**64), 10**400, 0.5, 1e308, -0.0)
_TEXT: Final = st.one_of(st.text(max_size=8), st.sampled_from(_ODD))
_SCALAR: Final = st.one_of(
    st.none(), st.booleans(), st.integers(), st.sampled_from(_NUMBERS), _TEXT
)
_ANYTHING: Final = st.recursive(
    _SCALAR,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_TEXT, inner, max_size=3)),
    max_leaves=5,
)
_BY_TYPE: Final[dict[type[inspect.Type], st.SearchStrategy[Any]]] = {
    inspect.FloatType: st.floats(allow_nan=False, allow_infinity=False),
    inspect.UUIDType: st.uuids().map(str),
    inspect.DateType: st.dates().map(str),
    inspect.DateTimeType: st.datetimes().map(lambda one: f"{one.isoformat()}+01:00"),
    inspect.TimeType: st.times().map(str),
    inspect.BoolType: st.booleans(),
    inspect.NoneType: st.none(),
    inspect.AnyType: _ANYTHING,
    inspect.BytesType: st.binary(max_size=60).map(lambda one: b64encode(one).decode()),
}
# What no JSON library writes: each takes the place of some bytes.
_PIECES: Final = (
    b"",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"-",
    b"9" * 5_000,
    b"[" * 200,
    b'{"a":' * 40,
    b"\xff",
    b"\xed\xa0\x80",
    b"\\ud800",
    b"\\u0000",
    b"\\u00",
    b'"a":1,"a":2,',
    b'"\xc3\xa9":1,"e\\u0301":2,',
    b"\xef\xbb\xbf",
    b"\0",
    b",",
    b"}",
)


def bodies(kind: Any) -> st.SearchStrategy[bytes]:
    """One in three as it should be, one with values in it that are not, one with a piece that no JSON has."""
    found = inspect.type_info(kind)
    exact, near = _of(found, near=False), _of(found, near=True)
    piece = st.tuples(st.floats(0, 1), st.integers(0, 20), st.sampled_from(_PIECES))
    return st.one_of(
        st.builds(_written, exact, st.booleans(), st.none()),
        st.builds(_written, near, st.booleans(), st.none()),
        st.builds(_written, exact, st.booleans(), piece),
    )


def _written(value: Any, ascii_only: bool, piece: tuple[float, int, bytes] | None) -> bytes:
    body = json.dumps(value, ensure_ascii=ascii_only).encode(errors="surrogatepass")
    if piece is None:
        return body
    where, length, put = round(piece[0] * len(body)), piece[1], piece[2]
    return body[:where] + put + body[where + length :]


def _of(kind: inspect.Type, *, near: bool) -> st.SearchStrategy[Any]:
    """One value in nine is another, if they need only be near."""
    exact = _exactly(kind, near=near)
    return st.one_of(*([exact] * 8), _ANYTHING) if near else exact


def _exactly(kind: inspect.Type, *, near: bool) -> st.SearchStrategy[Any]:
    if isinstance(kind, inspect.Metadata):
        return _exactly(kind.type, near=near)
    if isinstance(kind, inspect.UnionType):
        return st.one_of(*(_exactly(one, near=near) for one in kind.types))
    if isinstance(kind, inspect.StructType):
        return _struct(kind.cls, near)
    # An entry of a batch, which is read on its own.
    if isinstance(kind, inspect.CustomType):
        return _struct(cast("Any", kind.cls).wire, near)
    several = _several(kind, near=near)
    return _plain(kind, near=near) if several is None else several


def _several(kind: inspect.Type, *, near: bool) -> st.SearchStrategy[Any] | None:
    if isinstance(kind, inspect.ListType):
        most = min(kind.max_length or 3, max(3, kind.min_length or 0))
        inner = _of(kind.item_type, near=near)
        return st.lists(inner, min_size=kind.min_length or 0, max_size=most)
    if isinstance(kind, inspect.DictType):
        inner = _of(kind.value_type, near=near)
        return st.dictionaries(_exactly(kind.key_type, near=near), inner, max_size=2)
    return None


def _plain(kind: inspect.Type, *, near: bool) -> st.SearchStrategy[Any]:
    if isinstance(kind, inspect.LiteralType):
        return st.sampled_from(kind.values)
    if isinstance(kind, inspect.EnumType):
        return st.sampled_from([one.value for one in kind.cls])
    if isinstance(kind, inspect.IntType):
        return st.integers(kind.ge, kind.le)
    if isinstance(kind, inspect.StrType):
        plain = _string(kind.min_length or 0, kind.max_length or 20)
        return st.one_of(plain, _TEXT) if near else plain
    return _BY_TYPE[type(kind)]


def _string(least: int, most: int) -> st.SearchStrategy[str]:
    alphabet = st.characters(exclude_categories=("Cs", "Cc"))
    plain = st.sampled_from(
        ["Europe/Madrid", "en", "ES", "pat@north.example", "07:30", "a" * least]
    )
    return st.one_of(plain, st.text(alphabet, min_size=least, max_size=min(most, least + 6)))


@cache
def _struct(cls: type[msgspec.Struct], near: bool) -> st.SearchStrategy[dict[str, Any]]:
    found = inspect.type_info(cls)
    assert isinstance(found, inspect.StructType)
    fields = {one.encode_name: (_of(one.type, near=near), one.required) for one in found.fields}
    return st.fixed_dictionaries(
        {name: value for name, (value, needed) in fields.items() if needed},
        optional={name: value for name, (value, needed) in fields.items() if not needed},
    )
