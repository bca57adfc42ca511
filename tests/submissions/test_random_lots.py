"""Random lots of good and bad rows, corrections and withdrawals, against a ledger kept by hand (rules.md 3 and 8).

The hand-kept ledger knows of each cell its last content, its revision and whether it was withdrawn; nothing else
decides what a row becomes.
"""

import json
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from tests.service import Service

Row = dict[str, Any]
SHARE, FLAG, COUNT = "adults_with_smartphone_rate", "commune_dx_completed", "lots_x"
AREAS = ("14755-202501", "14758-202501", "14761-202501")
PERIODS = {SHARE: ("2025-01", "2025-02"), FLAG: ("2025-01", "2025-02"), COUNT: ("2025-Q1", "2025-Q2")}
MADE: Row = {
    "code": COUNT,
    "name_vi": "Số lô",
    "name_en": "Lots",
    "domain": "government",
    "measure": "count",
    "rollup": "sum",
    "frequency": "Q",
    "level": "commune",
    "unit": "NUMBER",
    "decimals": 2,
    "definition_vi": "thử",
    "definition_en": "a trial",
    "valid_from": "2025-01-01",
}
# What is wrong with a row, and where: api.md's pointer below the row.
WRONG: list[tuple[Row, str]] = [
    ({"indicator": SHARE, "value": 50}, "/value"),
    ({"indicator": SHARE, "numerator": 3}, "/denominator"),
    ({"indicator": SHARE, "numerator": 3, "denominator": 2}, "/numerator"),
    ({"indicator": SHARE, "numerator": "3", "denominator": 5}, "/numerator"),
    ({"indicator": FLAG, "value": 1}, "/value"),
    ({"indicator": FLAG, "value": "true"}, "/value"),
    ({"indicator": FLAG}, "/value"),
    ({"indicator": FLAG, "value": True, "period": "2025-Q1"}, "/period"),
    ({"indicator": FLAG, "value": True, "period": "2025-13"}, "/period"),
    ({"indicator": FLAG, "value": True, "period": "2027-01"}, "/period"),
    ({"indicator": FLAG, "value": True, "area": "99999"}, "/area"),
    ({"indicator": COUNT, "value": True}, "/value"),
    ({"indicator": COUNT, "value": -1}, "/value"),
    ({"indicator": COUNT, "value": Decimal("0.000000001")}, "/value"),
    ({"indicator": COUNT, "value": 1, "status": "M"}, "/value"),
    ({"indicator": COUNT, "status": "L"}, "/status"),
    ({"indicator": COUNT, "value": 1, "qualifier": "over"}, "/qualifier"),
    ({"indicator": COUNT, "numerator": 1, "denominator": 2}, "/numerator"),
    ({"indicator": "lots_of_x", "value": 1}, "/indicator"),
    ({"indicator": COUNT, "value": 1, "colour": "red"}, "/colour"),
]


@dataclass(frozen=True)
class Cell:
    content: tuple[Any, ...]
    revision: int
    withdrawn: bool = False


@dataclass
class Ledger:
    cells: dict[str, Cell] = field(default_factory=dict)

    def takes(self, key: str, content: tuple[Any, ...]) -> str:
        """What becomes of one row; a note it does not speak of makes no difference."""
        before = self.cells.get(key)
        if before is None:
            self.cells[key] = Cell(content, 1)
            return "created"
        same_note = content[-1] in (None, before.content[-1])
        if before.content[:-1] == content[:-1] and same_note and not before.withdrawn:
            return "unchanged"
        self.cells[key] = Cell(content, before.revision + 1)
        return "revised"


def number(random: Random) -> Decimal:
    """Few values, written in several ways: 5, 5.0 and 5.00 are equal."""
    return Decimal(random.randint(0, 3)) * Decimal(random.choice(["1", "1.0", "1.00"]))


def good_row(random: Random) -> tuple[Row, str, tuple[Any, ...]]:
    """A row, its cell, and what it says: value, components, qualifier, status, note."""
    code, area = random.choice((SHARE, FLAG, COUNT)), random.choice(AREAS)
    row: Row = {"indicator": code, "area": random.choice((area, area[:5])), "period": random.choice(PERIODS[code])}
    value: Any = None
    above = below = None
    qualifier, status = "eq", "A"
    if random.random() < 0.15:
        status = row["status"] = random.choice("MQ")
    elif code == FLAG:
        value = row["value"] = random.random() < 0.5
    elif code == SHARE:
        above, below = row["numerator"], row["denominator"] = number(random), number(random) + 3
    else:
        value = row["value"] = number(random)
    if status == "A" and code != FLAG and random.random() < 0.3:
        qualifier = row["qualifier"] = random.choice(("eq", "gt", "le"))
    note = random.choice((None, None, None, "ghi chú"))
    if note is not None:
        row["note"] = note
    return row, f"{code}.{area}.{row['period']}", (value, above, below, qualifier, status, note)


def dumped(body: Any) -> bytes:
    """Decimals as they are written."""
    kept: list[str] = []

    def literal(number: Any) -> str:
        kept.append(str(number))
        return f"@{len(kept) - 1}@"

    text = json.dumps(body, default=literal, ensure_ascii=False)
    for index, written in enumerate(kept):
        text = text.replace(f'"@{index}@"', written)
    return text.encode()


def told(service: Service, key: str, ledger: Ledger, random: Random) -> None:
    """Send one random lot; the answer and the ledger's number are what the hand-kept ledger says."""
    rows: list[Row] = []
    keys: list[tuple[str, tuple[Any, ...]] | None] = []
    wrong: dict[int, str] = {}
    for index in range(random.randint(1, 6)):
        if random.random() < random.choice((0, 0, 0.5)):
            bad, where = random.choice(WRONG)
            default = PERIODS.get(bad["indicator"], ("2025-01",))[0]
            rows.append({"area": AREAS[0], "period": default} | bad)
            keys.append(None)
            wrong[index] = where
            continue
        row, cell, content = good_row(random)
        if any(known and known[0] == cell for known in keys):
            wrong[index] = ""
            keys.append(None)
        else:
            keys.append((cell, content))
        rows.append(row)
    mode, on_error = random.choice(("commit", "commit", "validate")), random.choice(("reject_all", "accept_valid"))
    before = int(service.get("/areas").headers["X-Seq"])
    path = f"/submissions?mode={mode}&on_error={on_error}"
    headers = {"Content-Type": "application/json"}
    answer = service.post(path, key=key, content=dumped({"rows": rows}), headers=headers)

    refused = len(wrong) == len(rows) or (wrong and on_error == "reject_all")
    shadow = ledger if mode == "commit" and not refused else replace(ledger, cells=dict(ledger.cells))
    outcomes = ["rejected" if known is None else shadow.takes(*known) for known in keys]
    what = f"{mode} {on_error} {rows}"
    after = int(service.get("/areas").headers["X-Seq"])
    if refused and mode == "commit":
        assert answer.status_code == 422, what
        pointers = [error["pointer"] for error in answer.json()["errors"]]
        assert sorted(pointers) == sorted(f"/rows/{index}{where}" for index, where in wrong.items()), what
        assert after == before, what
        return
    assert answer.status_code == (200 if mode == "validate" else 201), f"{what}: {answer.text}"
    given = answer.json()
    assert [r["outcome"] for r in given["results"]] == outcomes, what
    counted = {name: outcomes.count(name) for name in ("created", "revised", "unchanged", "rejected")}
    assert given["summary"] | counted | {"rows": len(rows)} == given["summary"], what
    if mode == "validate":
        assert after == before, what
        return
    assert after <= before + 1, what
    for known, result in zip(keys, given["results"], strict=True):
        if known is not None:
            assert (result["observation"], result["revision"]) == (known[0], ledger.cells[known[0]].revision), what


def withdrawn(service: Service, key: str, ledger: Ledger, random: Random) -> None:
    live = sorted(cell for cell, known in ledger.cells.items() if not known.withdrawn)
    if not live:
        return
    cell = random.choice(live)
    tag = service.get(f"/observations/{cell}").headers["ETag"]
    gone = service.delete(f"/observations/{cell}", key=key, headers={"If-Match": tag})
    assert gone.status_code in (200, 204), gone.text
    known = ledger.cells[cell]
    ledger.cells[cell] = replace(known, withdrawn=True, revision=known.revision + 1)


def check(service: Service, ledger: Ledger) -> None:
    for cell, known in ledger.cells.items():
        answer = service.get(f"/observations/{cell}")
        shown = json.loads(answer.text, parse_float=Decimal, parse_int=Decimal)
        assert (shown["withdrawn"], shown["revision"]) == (known.withdrawn, known.revision), cell
        if not known.withdrawn:
            names = ("value", "numerator", "denominator", "qualifier", "status", "note")
            # The value of components is theirs, worked out.
            shown["value"] = shown["value"] if shown["numerator"] is None else None
            assert tuple(shown[name] for name in names) == known.content, cell


@pytest.mark.endurance
@pytest.mark.parametrize("seed", range(10))
def test_random_lots_become_what_a_ledger_kept_by_hand_says(service, seed):
    random, ledger = Random(seed), Ledger()
    assert service.post("/indicators", MADE, key=service.key("steward")).status_code == 201
    key = service.key("admin")
    for _ in range(60):
        (withdrawn if random.random() < 0.15 else told)(service, key, ledger, random)

    check(service, ledger)
    assert len(ledger.cells) > 6
