"""What the OpenAPI document cannot find out by itself: refusals, and what a body may hold no more of."""

from typing import cast

from litestar._openapi.schema_generation import SchemaCreator
from litestar._openapi.schema_generation.plugins.struct import StructSchemaPlugin
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Schema
from litestar.plugins import OpenAPISchemaPlugin
from litestar.plugins.base import ReceiveRoutePlugin
from litestar.routes import BaseRoute, HTTPRoute
from litestar.typing import FieldDefinition
from msgspec import Struct

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


class ProblemDetails(Struct):
    """RFC 9457, with a `code` for programs; what else it has is said where a route promises it."""

    type: str
    title: str
    status: int
    detail: str
    code: str


# What any route of the interface may answer in place of what it promises.
REFUSALS = {
    status: ResponseSpec(
        ProblemDetails,
        generate_examples=False,
        description=why,
        media_type="application/problem+json",
    )
    for status, why in {
        400: "The request cannot be read",
        401: "Nobody is signed in, or what was to prove it does not",
        403: "It is not the caller's to do",
        404: "It is not there, or not for the caller",
        409: "Something was changed meanwhile, or stands in the way",
        412: "The caller saw another version; the present one goes with the answer",
        413: "The body is too large",
        422: "It is against a rule of the product",
        428: "The caller has to say which version they saw",
        429: "Too much at once; `Retry-After` says when to try again",
        431: "The headers are too long",
        503: "Worth another try, when `Retry-After` says",
    }.items()
}


class Refusals(ReceiveRoutePlugin):
    """Every route of the interface says how it may refuse."""

    def receive_route(self, route: BaseRoute) -> None:
        if isinstance(route, HTTPRoute) and route.path.startswith("/api"):
            for handler in route.route_handlers:
                handler.responses = {**REFUSALS, **(handler.responses or {})}


class ClosedStructs(StructSchemaPlugin):
    """A struct that refuses fields it does not know says so."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        return (
            super().is_plugin_supported_field(field_definition)
            and field_definition.type_.__struct_config__.forbid_unknown_fields
        )

    def to_openapi_schema(
        self, field_definition: FieldDefinition, schema_creator: SchemaCreator
    ) -> Schema:
        schema = super().to_openapi_schema(field_definition, schema_creator)
        schema.additional_properties = False
        return schema
