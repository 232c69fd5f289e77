"""From a row to what crosses the wire."""

from datetime import datetime
from typing import Annotated, TypeVar

import msgspec

# A time that says from which zone it is told; without that it is no moment.
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
T = TypeVar("T", bound=msgspec.Struct)


def view(kind: type[T], source: object, **own: object) -> T:
    """A struct of `kind` with the fields of `source` by name; those named in `own` come from there.

    Raises msgspec.ValidationError where a value is not what the struct promises.
    """
    names = (field.name for field in msgspec.structs.fields(kind))
    values = {name: own[name] if name in own else getattr(source, name) for name in names}
    return msgspec.convert(values, kind)
