"""The JSON Schema of profiles, for editors: what may stand in ``environments/*.toml``."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from golive.profile.docstrings import key_docstrings, model_docstring, section_docstrings
from golive.profile.profile import profile_model

SCHEMA_ID = "golive/profile/1"
_DURATION = r"^\s*\d+(\.\d+)?\s*(ms|s|min|h|d)\s*$"


def profile_schema() -> dict[str, Any]:
    """Return the schema of the profiles of every subject that was imported.

    It is of draft 7, which TOML editors read (taplo, Even Better TOML). What several keys must say together
    is left to the run itself.
    """
    schema = profile_model().model_json_schema(
        ref_template="#/definitions/{model}", schema_generator=_Described
    )
    definitions = schema.pop("$defs")
    sections = section_docstrings()
    for properties in (schema["properties"], definitions["Targets"]["properties"]):
        for key, entry in properties.items():
            if key in sections:
                entry["description"] = sections[key]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": SCHEMA_ID,
        "title": "A golive environment profile",
        **{key: value for key, value in schema.items() if key != "title"},
        "definitions": definitions,
    }


class _Described(GenerateJsonSchema):
    """With what stands below keys in the code, and durations as profiles write them."""

    def timedelta_schema(self, _: core_schema.TimedeltaSchema) -> JsonSchemaValue:
        return {"type": "string", "pattern": _DURATION, "examples": ["500 ms", "21 d"]}

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        found = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        for key, text in key_docstrings(model).items():
            alias = model.model_fields[key].alias if key in model.model_fields else None
            entry = found.get("properties", {}).get(alias or key)
            if entry is not None:
                entry["description"] = text
        if text := model_docstring(model):
            found["description"] = text
        return found

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        # A default is a promise of the code, and the reference says it; TOML has no null to write it as.
        return self.generate_inner(schema["schema"])

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        # TOML has no null: None is a key that is left out.
        return self.generate_inner(schema["schema"])
