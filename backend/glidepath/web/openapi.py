"""What the OpenAPI document cannot find out by itself."""

from typing import cast

from litestar._openapi.schema_generation import SchemaCreator
from litestar.openapi.spec import Schema
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

from glidepath.diary.schemas import Offered


class OfferedEntries(OpenAPISchemaPlugin):
    """An entry of a batch is read one by one; its documented form is the entry itself."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        annotation = field_definition.annotation
        return isinstance(annotation, type) and issubclass(annotation, Offered)

    def to_openapi_schema(
        self, field_definition: FieldDefinition, schema_creator: SchemaCreator
    ) -> Schema:
        entry = FieldDefinition.from_annotation(field_definition.annotation.wire)
        # In truth it may also be a reference to a component, which the library takes as well.
        return cast("Schema", schema_creator.for_field_definition(entry))
