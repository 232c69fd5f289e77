"""What crosses the wire of a record as files."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

ExportState = Literal["waiting", "making", "ready", "failed", "gone"]


class ExportView(Struct):
    """The last export that was asked for. `failed`: no worker finished it, and it may be asked for anew; `gone`: its
    file was deleted. `size` in bytes and `expires_at` of a file that is there."""

    id: UUID
    state: ExportState
    asked_at: datetime
    size: int | None
    expires_at: datetime | None


class LastExport(Struct):
    """`export` null: nobody ever asked."""

    export: ExportView | None
