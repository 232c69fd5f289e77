"""What crosses the wire of files in CSV."""

from msgspec import Struct


class DiaryFile(Struct):
    """A file: its name says nothing of anybody."""

    name: str
    csv: str
