"""The committed description of the HTTP interface is the one that the application gives."""

import json
from pathlib import Path

from litestar import Litestar

COMMITTED = Path(__file__).parents[2] / "frontend" / "openapi.json"


def test_the_committed_description_is_current(built: Litestar):
    committed = json.loads(COMMITTED.read_text(encoding="utf-8"))
    assert built.openapi_schema.to_schema() == committed, (
        "Run `glidepath openapi frontend/openapi.json` and `npm run api`, and read the difference."
    )


def test_every_operation_has_a_name_of_ours_and_one_tag(built: Litestar):
    for path, item in built.openapi_schema.to_schema()["paths"].items():
        for method, operation in item.items():
            assert operation["operationId"].isidentifier(), (method, path)
            assert len(operation["tags"]) == 1, (method, path)
