"""Choices that come again and again get a name in the OpenAPI file, by which generated clients call them."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

Choice = tuple[str, ...]
_EXAMPLES = ("example", "examples", "default", "enum")


def name_choices(paths: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Move every list of words that stands in several places under one name into the components.

    A name under which different words are chosen from (`kind`) stays with each of them.
    """
    # Two shapes may share the very object.
    found = {id(schema): (name, schema) for name, schema in _found([paths, {"properties": schemas}], "")}.values()
    words = {name: {_choice(schema) for other, schema in found if other == name} for name, _ in found}
    times = Counter(name for name, _ in found)
    for name, schema in found:
        title = "".join(part[:1].upper() + part[1:] for part in name.split("_"))
        if len(words[name]) > 1 or times[name] < 2 or (title in schemas and "enum" not in schemas[title]):
            continue
        named = schemas.setdefault(title, {"type": "string", "enum": schema["enum"], "title": title})
        if "description" in schema:
            named.setdefault("description", schema["description"])
        del schema["enum"]
        del schema["type"]
        schema.pop("title", None)
        schema["$ref"] = f"#/components/schemas/{title}"


def _choice(schema: dict[str, Any]) -> Choice:
    return tuple(schema["enum"])


def _found(node: Any, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every list of words below `node`, with the name of the parameter or member that is chosen."""
    if isinstance(node, list):
        for inner in node:
            yield from _found(inner, name)
    elif isinstance(node, dict):
        if node.get("type") == "string" and isinstance(node.get("enum"), list):
            yield name, node
        name = node["name"] if "in" in node and "schema" in node else name
        for key, inner in node.items():
            if key == "properties":
                for member, schema in inner.items():
                    yield from _found(schema, member)
            elif key not in _EXAMPLES:
                yield from _found(inner, name)
