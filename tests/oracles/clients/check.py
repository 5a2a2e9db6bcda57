"""Our answers through a generated Python client, and as literals for the TypeScript compiler.

The answers are what our own tests show to be answered (the snapshots) and the document's examples,
each as it is and with null wherever the document allows it.
Usage: check.py ROOT ANSWERS_TS, with the generated package `client` on the path; `run` does that.
"""

import importlib
import json
import re
import sys
from pathlib import Path

ROOT, ANSWERS = Path(sys.argv[1]), Path(sys.argv[2])
DOCUMENT = json.loads((ROOT / "docs/openapi.json").read_text())
SCHEMAS = DOCUMENT["components"]["schemas"]


def answers():
    """Pairs of a schema's name and an answer of that schema."""
    for path in sorted((ROOT / "apps/api/src/http/dto/snapshots").glob("*sms_response*.snap")):
        answer = json.loads(path.read_text().split("---\n", 2)[2])
        # Snapshots are in the form of the newest contract, which has more members than the document's.
        known = SCHEMAS["SmsResponse"]["properties"]
        yield "SmsResponse", {name: value for name, value in answer.items() if name in known}
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            for response in operation["responses"].values():
                for content in response.get("content", {}).values():
                    if "example" in content:
                        yield name_of(content["schema"]["$ref"]), content["example"]


def name_of(reference):
    return reference.rpartition("/")[2]


def resolved(schema):
    return SCHEMAS[name_of(schema["$ref"])] if "$ref" in schema else schema


def is_nullable(schema):
    return "null" in schema.get("type", []) or {"type": "null"} in schema.get("oneOf", [])


def nulled(schema, value):
    """The value with null wherever the schema allows it below."""
    schema = resolved(schema)
    if isinstance(value, list):
        return [nulled(schema["items"], item) for item in value]
    if not isinstance(value, dict) or "properties" not in schema:
        return value
    properties = schema["properties"]
    return {
        name: None if is_nullable(properties[name]) else nulled(properties[name], member)
        for name, member in value.items()
    }


def read_in_python(name, answer):
    """Reads an answer, and checks that its nulls are still null after serialisation."""
    module = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    model = getattr(importlib.import_module(f"client.models.{module}"), name)
    written = model.from_dict(answer).to_dict()
    for member, value in answer.items():
        assert (value is None) == (written[member] is None), f"{name}.{member}: {value!r} {written[member]!r}"


def main():
    literals, nulls = [], set()
    for name, answer in answers():
        for shown in (answer, nulled(SCHEMAS[name], answer)):
            read_in_python(name, shown)
            nulls.update((name, member) for member, value in shown.items() if value is None)
            literals.append(f'export const answer{len(literals)}: Schemas["{name}"] = {json.dumps(shown)};')
    enums = {
        (name, member)
        for name, schema in SCHEMAS.items()
        for member, of in schema["properties"].items()
        if "enum" in of and is_nullable(of) and name in ("SmsResponse", "SmsEventTableRow", "PreviewSmsResponse")
    }
    assert enums and enums <= nulls, f"never null in a test: {enums - nulls}"
    imported = 'import type { components } from "./schema";\ntype Schemas = components["schemas"];\n'
    ANSWERS.write_text(imported + "\n".join(literals) + "\n")
    print(f"python: {len(literals)} answers read, {len(enums)} enums of them null")


main()
