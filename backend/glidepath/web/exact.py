"""A body is read as the description of the interface has it, and not as something that might have been meant."""

import re
from typing import Any, Final

import msgspec
from litestar import Request
from litestar.exceptions import ValidationException

_PLACE: Final = re.compile(r"^(?P<what>.*) - at `\$\.?(?P<where>.*)`$", re.DOTALL)


class ExactRequest(Request[Any, Any, Any]):
    async def json(self) -> Any:
        """What the handler takes, of its own type: by itself the framework takes "1" for 1, and 1 for true, as it
        must in an address. ValidationException, with the field that is wrong."""
        wanted = self.route_handler.parsed_data_field
        body = await self.body()
        if wanted is None or not body:
            return await super().json()
        try:
            return msgspec.json.decode(
                body, type=wanted.annotation, dec_hook=self.route_handler.default_deserializer
            )
        except msgspec.ValidationError as error:
            found = _PLACE.match(str(error))
            what, where = found.group("what", "where") if found else (str(error), "")
            raise ValidationException(extra=[{"message": what, "key": where or "data"}]) from error
