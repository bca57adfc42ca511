"""A city with something of everything, and what its own lists say, for tests of other people's formats."""

import json
from decimal import Decimal
from typing import Any

from tests.service import Service

RATE, COUNT, FLAG = "adults_with_smartphone_rate", "relics_digitised_3d", "commune_dx_completed"
NOTE = '=1+1 là chữ, "bản gốc"; không phải công thức'
Row = dict[str, Any]


def told(service: Service) -> Service:
    """Two wards over two months: a ratio without end, a bound, a withheld cell, flags, a note, a cell taken back."""
    for month in ("2025-02", "2025-03"):
        first = [
            {"indicator": RATE, "numerator": 1, "denominator": 3},
            {"indicator": COUNT, "value": 12, "qualifier": "ge", "note": NOTE},
            {"indicator": FLAG, "value": True},
        ]
        second = [
            {"indicator": RATE, "status": "Q"},
            {"indicator": COUNT, "value": 7},
            {"indicator": FLAG, "value": False},
        ]
        for ward, rows in (("14755", first), ("14758", second)):
            body = json.dumps({"period": month, "rows": rows}, default=int)
            sent = service.post(
                "/submissions", key=service.ward(ward), content=body, headers={"Content-Type": "application/json"}
            )
            assert sent.status_code == 201, sent.text
    cell = f"/observations/{COUNT}.14758-202501.2025-02"
    assert service.delete(cell, key=service.key("steward"), headers={"If-Match": "*"}).status_code == 200
    return service


def exact(text: str) -> Any:
    """JSON with every number as the characters it is."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def listed(service: Service, query: str = "") -> list[Row]:
    rows: list[Row] = exact(service.get(f"/observations?limit=1000&{query}").text)["data"]
    return rows


def figures(service: Service, query: str = "") -> list[Row]:
    """The city's rows of every indicator."""
    codes = [row["code"] for row in service.get("/indicators?limit=1000&fields=code").json()["data"]]
    found = (exact(service.get(f"/city/series?indicator={code}&{query}").text)["data"] for code in codes)
    return [row for rows in found for row in rows]


def number(value: Any) -> Decimal | None:
    """A value as other formats write it: true and false are 1 and 0."""
    return None if value is None else Decimal(int(value)) if isinstance(value, bool) else value
