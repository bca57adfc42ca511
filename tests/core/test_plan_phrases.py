"""What each phrase of the plan accepts and refuses: its own words, and results held against them."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from app.core.numbers import Qualifier
from app.core.targets import Start, concerns_city, progress, shown_target
from tests.core.samples import figure, target
from tests.seeds.plan import folded, load

TARGETS = {entry["id"]: entry for entry in load("targets.yaml")}
CLAUSES = {clause["id"]: folded(clause["text"]) for clause in load("clauses.yaml")}
# The newest period of which figures are held against the targets here, and the day of the question.
PERIOD, TODAY = "2025", date(2026, 1, 1)
Results = list[tuple[Any, bool | None]]
YES: bool | None = True
NO: bool | None = False
UNKNOWN: bool | None = None

ABOVE_80: Results = [
    (80, NO),
    ("80.01", YES),
    ("gt 80", YES),
    ("ge 80", UNKNOWN),
    ("gt 79", UNKNOWN),
    ("le 80", NO),
    (100, YES),
]
WHOLE: Results = [(100, YES), ("99.99", NO), ("gt 99", UNKNOWN), ("ge 100", UNKNOWN), ("lt 100", NO), (0, NO)]
DONE: Results = [(1, YES), (0, NO)]
# target, the words that decide, what results they accept
PHRASES: list[tuple[str, str, Results]] = [
    ("commune_dx_completed-2025", "dự kiến đến hết năm 2025 sẽ đạt 100%", [*WHOLE, ("70.21", NO)]),
    ("sme_digital_platform_rate-2030-commune", "trên 80% cấp xã", ABOVE_80),
    ("sme_digital_platform_rate-2030-district", "trên 80% cấp huyện", ABOVE_80),
    ("enterprises_innovating_rate-2030", "đạt trên 40%", [(40, NO), ("40.01", YES), ("ge 40", UNKNOWN)]),
    ("enterprises_digitally_transformed_rate-2030", "đạt trên 80%", ABOVE_80),
    ("high_tech_enterprises_attracted-2030", "ít nhất 02 doanh nghiệp", [(1, NO), (2, YES), (3, YES),
     ("gt 1", UNKNOWN)]),
    ("land_database_rate-2029", "đến năm 2029 đạt 100%", WHOLE),
    ("relics_digitised_rate-2030", "đến đạt 100% (131 di tích", WHOLE),
    ("relics_digitised_3d-2030", "trong đó có 30 di tích số hoá 3D", [(29, NO), (30, YES), (131, YES), ("lt 30", NO)]),
    ("schools_dx_level3_rate-2030", "đạt mức độ 3 chuyển đổi số đạt 100%", WHOLE),
    ("adults_with_digital_signature_rate-2030", "đạt trên 70%", [(70, NO), ("70.01", YES), ("gt 70", YES)]),
    ("cashless_transactions_rate-2030", "đạt 90% trở lên", [(90, YES), ("89.99", NO), ("ge 90", YES),
     ("gt 89", UNKNOWN)]),
    ("mobile_5g_coverage-2026", "trên toàn địa bàn thành phố trong năm 2026", WHOLE),
    ("online_public_services_used_rate-2030", "đạt trên 80%", ABOVE_80),
    ("smart_city_project_operated-2030", "Vận hành có hiệu quả Dự án", DONE),
    ("dx_direction_project_operated-2030", "của thành phố đến năm 2030", DONE),
    ("party_bodies_dx_complete-2027", "trước năm 2028", DONE),
    ("government_bodies_dx_complete-2027", "trước năm 2028", DONE),
    ("commune_network_project_operated-2030", "vận hành có hiệu quả Dự án", DONE),
    ("smart_city_built-2030", "Hoàn thành xây dựng thành phố thông minh", DONE),
]  # fmt: skip
# The last day on which each way of saying "when" is kept, and the first on which it is not.
DEADLINES = [
    ("commune_dx_completed-2025", "đến hết năm 2025", date(2025, 12, 31)),
    ("mobile_5g_coverage-2026", "trong năm 2026", date(2026, 12, 31)),
    ("party_bodies_dx_complete-2027", "trước năm 2028", date(2027, 12, 31)),
    ("government_bodies_dx_complete-2027", "trước năm 2028", date(2027, 12, 31)),
    ("land_database_rate-2029", "đến năm 2029", date(2029, 12, 31)),
    ("dx_direction_project_operated-2030", "đến năm 2030", date(2030, 12, 31)),
]


def seeded(identity: str) -> Any:
    entry = TARGETS[identity]
    words = f"{entry['comparator']} {entry['value']}"
    return target(words, date.fromisoformat(entry["due"]), id=identity, level=entry["level"])


def test_every_target_of_the_plan_stands_in_the_table():
    assert {identity for identity, _, _ in PHRASES} == set(TARGETS)


@pytest.mark.parametrize(("identity", "words", "results"), PHRASES, ids=[p[0] for p in PHRASES])
def test_a_phrase_accepts_what_its_words_say(identity, words, results):
    assert words in CLAUSES[TARGETS[identity]["clause"]]

    found = {what: progress(seeded(identity), figure(what, PERIOD), None, TODAY).met for what, _ in results}

    assert found == dict(results)


@pytest.mark.parametrize(("identity", "words", "last"), DEADLINES, ids=[d[0] for d in DEADLINES])
def test_a_deadline_is_kept_on_its_last_day_and_not_after(identity, words, last):
    aim, begin = seeded(identity), Start(value=Fraction(0), day=date(2025, 1, 31), source="target")
    late = figure(0, "2025")
    assert words in CLAUSES[TARGETS[identity]["clause"]]

    assert aim.due == last
    assert progress(aim, late, begin, last).status != "overdue"
    assert progress(aim, late, begin, date.fromordinal(last.toordinal() + 1)).status == "overdue"


def test_a_missing_year_an_inferred_deadline_and_an_abolished_level_are_flags():
    flagged = {identity: set(entry["flags"]) for identity, entry in TARGETS.items()}

    assert {i for i, flags in flagged.items() if "year_missing" in flags} == {"relics_digitised_rate-2030"}
    assert {i for i, flags in flagged.items() if "level_abolished" in flags} == {
        "sme_digital_platform_rate-2030-district"
    }
    assert {i for i, flags in flagged.items() if "exclusive_deadline" in flags} == {
        "party_bodies_dx_complete-2027",
        "government_bodies_dx_complete-2027",
    }
    # Where the words name a year nothing is inferred, and everywhere else it is said to be.
    dated = {identity for identity, _, _ in DEADLINES} - {"dx_direction_project_operated-2030"}
    assert {i for i, flags in flagged.items() if "deadline_inferred" not in flags} == dated


def test_two_levels_of_one_phrase_are_two_targets():
    both = [seeded(f"sme_digital_platform_rate-2030-{level}") for level in ("commune", "district")]

    assert "trên 80% cấp xã, trên 80% cấp huyện" in CLAUSES["B.I.3"]
    assert [concerns_city(one) for one in both] == [True, True]
    # The city's figure is the one that the district's (the city's own) level speaks of.
    assert shown_target(both, TODAY) is both[1]


def test_thirty_of_the_131_are_a_part_that_says_nothing_of_the_whole():
    whole, part = TARGETS["relics_digitised_rate-2030"], TARGETS["relics_digitised_3d-2030"]

    assert (whole["of"], whole["of_which"], part["of"], part["value"]) == (131, 30, 131, 30)
    assert whole["indicator"] != part["indicator"]
    # All 30 in 3D: that target is met, and the whole, at 30 of 131, is not.
    assert progress(seeded(part["id"]), figure(30, PERIOD), None, TODAY).met is True
    assert progress(seeded(whole["id"]), figure(Fraction(3000, 131), PERIOD), None, TODAY).met is False


def test_over_99_provided_is_never_held_against_over_80_used():
    provided = next(o for o in load("observations.yaml") if o["indicator"] == "online_public_services_provided_rate")
    used = TARGETS["online_public_services_used_rate-2030"]

    assert (provided["qualifier"], provided["value"], used["comparator"], used["value"]) == ("gt", 99, "gt", 80)
    assert all(t["indicator"] != "online_public_services_provided_rate" for t in TARGETS.values())
    # Held against each other they would say "met": the trap this keeps shut.
    assert progress(seeded(used["id"]), figure("gt 99", PERIOD), None, TODAY).met is True
    assert Qualifier(provided["qualifier"]).direction == 1
