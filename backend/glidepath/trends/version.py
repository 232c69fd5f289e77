"""Changes whenever the same days may lead to another decision."""

from typing import Final

VERSION: Final = "2"
