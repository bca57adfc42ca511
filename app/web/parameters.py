"""Parameters in the OpenAPI file: what their values look like, and an example."""

import json
from typing import Any

from app.web import samples
from app.web.conditional import REQUIRED
from app.web.freshness import MIN_SEQ

_PERIOD = r"^(19|20|21)[0-9]{2}(-(S[12]|Q[1-4]|0[1-9]|1[0-2]))?$"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_MOMENT = rf"^([0-9]{{1,18}}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T{_TIME}(:[0-5][0-9](\.[0-9]{{1,6}})?)?(Z|[+-]{_TIME}))$"
_FORMS = {
    **{key: {"pattern": _PERIOD} for key in ("period", "period_from", "period_to", "startPeriod", "endPeriod")},
    **{key: {"pattern": _MOMENT} for key in ("as_of", "from", "to")},
    "cursor": {"pattern": "^[A-Za-z0-9_-]{20,}$"},
    "due": {"format": "date"},
}


def complete(parameter: dict[str, Any], members: list[str]) -> None:
    """Its form, and an example: a needed one is filled in for whoever tries it out, an optional one only shows it.

    `members` are those of the rows that the operation lists.
    """
    schema = parameter["schema"]
    _narrow(parameter, schema)
    told = schema.pop("examples", None) or ([parameter.pop("example")] if "example" in parameter else None)
    value = told[0] if told else samples.of_parameter(parameter["name"], schema, members)
    if value is None:
        return
    if isinstance(value, list):
        # One value of a parameter that may be repeated.
        value = value[0]
    if parameter.get("required"):
        parameter["example"] = value
        return
    schema["examples"] = [[value] if schema.get("type") == "array" else value]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    parameter["description"] = f"{parameter.get('description', '').rstrip()} Example: `{text}`."


def min_seq() -> dict[str, Any]:
    """What every read takes, for it is looked at before the operation is."""
    return {
        "name": MIN_SEQ,
        "in": "query",
        "required": False,
        "description": "The least change that the answer must know: the `seq` of a write that is to be seen.",
        "schema": {"type": "integer", "minimum": 0, "maximum": 10**18 - 1, "examples": [1]},
    }


def _narrow(parameter: dict[str, Any], schema: dict[str, Any]) -> None:
    """What a parameter is when it is given: never null, and of the form that its name stands for."""
    given = [branch for branch in schema.get("anyOf", ()) if branch != {"type": "null"}]
    if len(given) == 1:
        del schema["anyOf"]
        schema.update(given[0])
    value = schema.get("items", schema)
    if parameter["name"] in _FORMS and value.get("type") == "string":
        value.update(_FORMS[parameter["name"]])
    if schema.pop(REQUIRED, False):
        parameter["required"] = True
