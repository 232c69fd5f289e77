"""A file goes into the database under its export's key."""

from anyio import to_thread
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.database import encryption
from glidepath.records import export_store as store
from glidepath.records import exports
from glidepath.records.export_models import Export


async def add_file(
    session: AsyncSession,
    export: Export,
    number: int,
    kind: str,
    count: int,
    size: int,
    content: bytes,
) -> None:
    """`size`: of what whoever fetches it gets; `content` may be packed."""
    assert export.key is not None
    where = exports.place(export.id, number)
    sealed = await to_thread.run_sync(encryption.seal_bytes, export.key, content, where)
    row = {
        "clinic_id": export.clinic_id,
        "export_id": export.id,
        "number": number,
        "kind": kind,
        "count": count,
        "size": size,
        "content": sealed,
    }
    await store.add_file(session, row)
