"""Issue 2: 47 wards post the same month at once, and again; the city's figures are what a roll-up apart says."""

from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from tests.ledger.serving import Server, at_once, every_change, serving

MONTH = "2025-03"
Row = dict[str, Any]


def rounded(x: Fraction, decimals: int) -> Decimal:
    """Half away from zero; nothing here is negative."""
    whole = int(x * 10**decimals + Fraction(1, 2))
    return Decimal(whole).scaleb(-decimals)


def reports(server: Server) -> tuple[dict[str, Row], dict[str, list[Row]]]:
    """The indicators that wards report, and what each ward says about each of them."""
    with server.client() as client:
        indicators = {i["code"]: i for i in client.get("/indicators?limit=1000").json()["data"]}
    collected = {code: i for code, i in indicators.items() if i["level"] == "commune"}
    random = Random(20250331)

    def row(code: str, measure: str) -> Row:
        if measure == "flag":
            return {"indicator": code, "value": random.random() < 0.7}
        if measure == "ratio":
            under = random.choice([0, 1, 7, random.randint(10, 99_999)])
            return {"indicator": code, "numerator": random.randint(0, under), "denominator": under}
        return {"indicator": code, "value": random.randint(0, 500)}

    return collected, {ward: [row(c, i["measure"]) for c, i in collected.items()] for ward in server.wards}


def rolled_up(indicator: Row, rows: list[Row]) -> tuple[Decimal | None, Fraction | None, Fraction | None]:
    """Value, numerator and denominator of the city's figure, by rules.md 5 and with plain fractions."""
    if indicator["rollup"] == "share_reaching":
        reached = Fraction(sum(row["value"] for row in rows))
        return rounded(100 * reached / 47, indicator["decimals"]), reached, Fraction(47)
    if indicator["rollup"] == "sum":
        return rounded(Fraction(sum(row["value"] for row in rows)), indicator["decimals"]), None, None
    over, under = (Fraction(sum(row[name] for row in rows)) for name in ("numerator", "denominator"))
    return rounded(100 * over / under, indicator["decimals"]), over, under


def check_figures(server: Server, collected: dict[str, Row], told: dict[str, list[Row]], *, enough: bool) -> None:
    """Every figure of the month against the roll-up of what was told."""
    with server.client() as client:
        rows = {r["indicator"]: r for r in client.get(f"/city/snapshot?period={MONTH}").json()["data"]}
    for code, indicator in collected.items():
        figure = rows[code]
        said = [row for ward in told.values() for row in ward if row["indicator"] == code]
        value, numerator, denominator = rolled_up(indicator, said)
        assert Decimal(str(figure["rolled_up_value"])) == value, code
        assert (figure["expected"], figure["reported"], figure["missing"]) == (47, len(said), 47 - len(said))
        assert figure["quality"] == ("ok" if enough else "partial")
        if not enough and figure["reported_value"] is not None:
            assert (figure["basis"], figure["value"]) == ("reported", figure["reported_value"])
            continue
        assert (figure["basis"], figure["value"]) == ("rolled_up", figure["rolled_up_value"])
        assert (figure["numerator"], figure["denominator"]) == (numerator, denominator), code


def test_47_wards_post_at_once_and_again(database_url: str):
    with serving(database_url) as server:
        collected, told = reports(server)

        def post(ward: str, *, retry: bool = True):
            headers = {"Idempotency-Key": f"{MONTH}-{ward}"} if retry else {}
            with server.client(server.wards[ward]) as client:
                return client.post("/submissions", json={"period": MONTH, "rows": told[ward]}, headers=headers)

        wards = list(told)
        early = at_once(post, wards[:37])
        assert [a.status_code for a in early] == [201] * 37
        check_figures(server, collected, {w: told[w] for w in wards[:37]}, enough=False)

        late = at_once(post, wards[37:])
        assert [a.status_code for a in late] == [201] * 10
        check_figures(server, collected, told, enough=True)

        retries = at_once(post, wards)
        assert [a.content for a in retries] == [a.content for a in early + late]
        assert {a.headers.get("idempotent-replayed") for a in retries} == {"true"}

        again = at_once(lambda ward: post(ward, retry=False), wards)
        assert [a.json()["summary"]["unchanged"] for a in again] == [len(collected)] * 47
        check_figures(server, collected, told, enough=True)

        changes = every_change(server)
        seqs = {c["seq"] for c in changes}
        assert seqs == set(range(1, max(seqs) + 1))
        cells = [c for c in changes if c["type"].startswith("observation") and c["data"]["period"] == MONTH]
        assert {(c["type"], c["data"]["revision"]) for c in cells} == {("observation.created", 1)}
        assert len(cells) == len({c["subject"] for c in cells}) == 47 * len(collected)
        receipts = {a.json()["seq"] for a in early + late + again}
        assert {c["seq"] for c in changes if c["type"] == "submission.accepted"} >= receipts
        assert len(receipts) == 94
