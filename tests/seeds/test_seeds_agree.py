"""The seeds among themselves: references, languages, spelling, and what the plan leaves unsaid."""

import hashlib
import re
import unicodedata
from collections import Counter
from decimal import Decimal

import pytest

from tests.seeds.plan import PLAN, SEEDS, as_date, folded, load, raw, records, seeds

WORLD = seeds()
TARGETS = {target["id"]: target for target in WORLD["targets.yaml"]}
INDICATORS = {indicator["code"]: indicator for indicator in WORLD["indicators.yaml"]}
CLAUSES = {clause["id"] for clause in WORLD["clauses.yaml"]}
COMMUNES = [area for area in WORLD["areas.csv"] if area["level"] == "commune"]
LINKS = WORLD["area_changes_2025-07-01.csv"]

PHRASES = {
    "commune_dx_completed-2025": ("sẽ đạt 100%", "eq", 100, "2025-12-31"),
    "sme_digital_platform_rate-2030-commune": ("trên 80% cấp xã", "gt", 80, "2030-12-31"),
    "sme_digital_platform_rate-2030-district": ("trên 80% cấp huyện", "gt", 80, "2030-12-31"),
    "enterprises_innovating_rate-2030": ("đạt trên 40%", "gt", 40, "2030-12-31"),
    "enterprises_digitally_transformed_rate-2030": ("đạt trên 80%", "gt", 80, "2030-12-31"),
    "high_tech_enterprises_attracted-2030": ("ít nhất 02", "ge", 2, "2030-12-31"),
    "land_database_rate-2029": ("đến năm 2029 đạt 100%", "eq", 100, "2029-12-31"),
    "relics_digitised_rate-2030": ("đến đạt 100%", "eq", 100, "2030-12-31"),
    "relics_digitised_3d-2030": ("trong đó có 30", "ge", 30, "2030-12-31"),
    "schools_dx_level3_rate-2030": ("đạt 100%", "eq", 100, "2030-12-31"),
    "adults_with_digital_signature_rate-2030": ("trên 70%", "gt", 70, "2030-12-31"),
    "cashless_transactions_rate-2030": ("90% trở lên", "ge", 90, "2030-12-31"),
    "mobile_5g_coverage-2026": ("toàn địa bàn thành phố trong năm 2026", "eq", 100, "2026-12-31"),
    "online_public_services_used_rate-2030": ("trên 80%", "gt", 80, "2030-12-31"),
    "smart_city_project_operated-2030": ("Vận hành có hiệu quả", "eq", 1, "2030-12-31"),
    "dx_direction_project_operated-2030": ("đến năm 2030", "eq", 1, "2030-12-31"),
    "party_bodies_dx_complete-2027": ("trước năm 2028", "eq", 1, "2027-12-31"),
    "government_bodies_dx_complete-2027": ("trước năm 2028", "eq", 1, "2027-12-31"),
    "commune_network_project_operated-2030": ("vận hành có hiệu quả", "eq", 1, "2030-12-31"),
    "smart_city_built-2030": ("Hoàn thành xây dựng", "eq", 1, "2030-12-31"),
}


def test_every_target_of_the_plan_is_in_the_table():
    assert TARGETS.keys() == PHRASES.keys()


@pytest.mark.parametrize("target", PHRASES)
def test_a_target_compares_as_its_phrase_says(target):
    phrase, comparator, value, due = PHRASES[target]
    seed = TARGETS[target]

    assert phrase in seed["quote"]
    assert (seed["comparator"], seed["value"], str(seed["due"])) == (comparator, value, due)


@pytest.mark.parametrize(
    ("flag", "targets"),
    [
        ("stated_as_forecast", {"commune_dx_completed-2025"}),
        ("level_abolished", {"sme_digital_platform_rate-2030-district"}),
        ("year_missing", {"relics_digitised_rate-2030"}),
        ("comparator_ambiguous", {"relics_digitised_3d-2030"}),
        ("value_implied", {"mobile_5g_coverage-2026"}),
        ("exclusive_deadline", {"party_bodies_dx_complete-2027", "government_bodies_dx_complete-2027"}),
        ("deadline_inferred", {target for target in PHRASES if "-2030" in target}),
    ],
)
def test_what_the_text_leaves_open_is_flagged(flag, targets):
    assert {name for name, target in TARGETS.items() if flag in target["flags"]} == targets


def test_over_99_percent_provided_is_more_than_99_and_all_else_is_exact():
    bounded = {o["indicator"]: o["value"] for o in WORLD["observations.yaml"] if o["qualifier"] != "eq"}

    assert bounded == {"online_public_services_provided_rate": Decimal(99)}


def test_only_the_city_has_figures_and_their_period_is_assumed():
    told = {(o["area"], o["period"], o["period_assumed"]) for o in WORLD["observations.yaml"]}

    assert told == {("380", "2025-01", True)}


def test_what_the_plan_keeps_apart_stays_apart():
    known = {observation["indicator"] for observation in WORLD["observations.yaml"]}
    pairs = [
        ("signed_edocuments_rate", "adults_with_digital_signature_rate"),
        ("online_public_services_provided_rate", "online_public_services_used_rate"),
        ("broadband_4g5g_hamlet_coverage_rate", "mobile_5g_coverage"),
    ]

    assert all({standing, wanted} <= INDICATORS.keys() for standing, wanted in pairs)
    assert all(standing in known and wanted not in known for standing, wanted in pairs)
    assert all(target["baseline"] is None for target in TARGETS.values())


def test_the_city_has_47_wards_and_communes_each_with_its_code():
    assert len(COMMUNES) == len({area["code"] for area in COMMUNES}) == 47
    assert Counter(area["type"] for area in COMMUNES) == {"phường": 33, "xã": 14}
    assert {area["parent"] for area in COMMUNES} == {"380-202501"}
    assert [area["code"] for area in WORLD["areas.csv"] if area["level"] == "city"] == ["380"]


def test_the_reorganisation_has_49_links_and_two_splits_whose_shares_nobody_knows():
    split = Counter(link["old_code"] for link in LINKS if link["share"] == "part")

    assert len(LINKS) == 49
    assert split == {"14758": 2, "16435": 2}
    assert {link["share"] for link in LINKS} == {"whole", "part"}


def test_the_links_lead_from_the_47_to_the_seven_that_follow():
    old, new = {area["code"] for area in COMMUNES}, {area["code"] for area in WORLD["areas_2025-07-01.csv"]}

    assert {link["old_code"] for link in LINKS} == old
    assert {link["new_code"] for link in LINKS} == new
    assert len(new) == 7


def test_two_communes_from_outside_went_into_dong_tien_and_are_no_areas_of_ours():
    outside = WORLD["area_changes_2025-07-01_outside.csv"]
    successors = {area["code"]: area["predecessors_outside_city"] for area in WORLD["areas_2025-07-01.csv"]}

    told = "; ".join(f"{o['old_code']} {o['old_name_vi']} (district {o['old_district_code']})" for o in outside)
    assert dict.fromkeys({o["new_code"] for o in outside}, told) == {c: t for c, t in successors.items() if t}
    assert not {o["old_name_vi"] for o in outside} & {area["name_vi"] for area in COMMUNES}
    assert {o["share"] for o in outside} == {""}


def test_every_link_names_its_legal_document_and_clause():
    links = [*LINKS, *WORLD["area_changes_2025-07-01_outside.csv"]]

    assert all(re.fullmatch(r"1686/NQ-UBTVQH15 Điều 1 khoản \d+", link["legal_basis"]) for link in links)
    # One clause of the resolution makes one new ward.
    assert len({(link["new_code"], link["legal_basis"]) for link in links}) == 7
    assert {link["effective_date"] for link in links} == {"2025-07-01"}


def test_a_short_name_is_the_name_without_its_type():
    for area in WORLD["areas.csv"]:
        assert f"{area['type']} {area['short_name']}".casefold() == area["name_vi"].casefold()


def test_an_issuer_that_the_plan_does_not_spell_out_is_flagged():
    flagged = {d["id"] for d in WORLD["documents.yaml"] if "issuer_inferred" in d["flags"]}
    spelled = {d["id"] for d in WORLD["documents.yaml"][1:] if d["issuer_vi"] in d["quote"]}

    assert flagged.isdisjoint(spelled)
    assert flagged | spelled == {d["id"] for d in WORLD["documents.yaml"][1:]}


def test_references_lead_somewhere():
    documents = {document["id"] for document in WORLD["documents.yaml"]}

    lost = {c["document"] for c in WORLD["clauses.yaml"]} - documents
    lost |= {r["indicator"] for r in [*TARGETS.values(), *WORLD["observations.yaml"]]} - INDICATORS.keys()
    lost |= {r["weight"] for r in INDICATORS.values() if r["weight"]} - INDICATORS.keys()
    lost |= {r["clause"] for content in WORLD.values() for r, _ in records(content) if r.get("clause")} - CLAUSES

    assert lost == set()


def test_every_indicator_has_a_target_or_a_figure():
    spoken_of = {r["indicator"] for r in [*TARGETS.values(), *WORLD["observations.yaml"]]}

    assert spoken_of == INDICATORS.keys()


def test_documents_are_quoted_with_their_number_and_day():
    for document in WORLD["documents.yaml"][1:]:
        said = document["quote"].replace(" ", "")
        day = as_date(document["date"])
        assert day is not None

        assert document["number"] in said, document["id"]
        assert re.search(rf"\b0?{day.day}/0?{day.month}/{day.year}\b", document["quote"]), document["id"]


def test_the_plan_itself_has_neither_number_nor_day():
    plan = WORLD["documents.yaml"][0]

    assert (plan["id"], plan["number"], plan["date"]) == ("plan-57", None, None)
    assert plan["flags"] == ["number_unknown", "date_unknown"]


def test_ids_are_unique():
    for name, key in [("documents", "id"), ("clauses", "id"), ("indicators", "code"), ("targets", "id")]:
        ids = [entry[key] for entry in WORLD[f"{name}.yaml"]]
        assert len(ids) == len(set(ids)), name


def unpaired(record):
    """The fields said in one language alone, or in the same words in both."""
    stems = {key[:-3] for key in record if key.endswith(("_vi", "_en"))} - {"gloss"}
    # The list of the seven wards has its Vietnamese names in a plain `name`.
    pairs = [(stem, record.get(stem + "_vi", record.get(stem)), record.get(stem + "_en")) for stem in stems]
    return [stem for stem, vi, en in pairs if bool(vi) != bool(en) or (vi and vi == en)]


def test_everything_is_said_in_both_languages():
    silent = [(name, key) for name, content in WORLD.items() for r, _ in records(content) for key in unpaired(r)]

    assert silent == []


def test_one_language_alone_is_noticed():
    assert unpaired({"name_vi": "Hạ tầng", "name_en": None}) == ["name"]
    assert unpaired({"name_vi": "Hạ tầng", "name_en": "Hạ tầng"}) == ["name"]


@pytest.mark.parametrize("name", sorted({path.name for path in SEEDS.iterdir()} - {PLAN}))
def test_files_are_composed_unicode_without_byte_order_mark(name):
    text = raw(name)

    assert unicodedata.is_normalized("NFC", text)
    assert not text.startswith("\ufeff")
    assert "\t" not in text


def test_the_plan_is_kept_byte_for_byte_as_it_was_received():
    received = "5991acd6a7c4267e7b65794d26de85fa51b7c215c1c9214fed4fc7e0723b11b7"

    assert hashlib.sha256((SEEDS / PLAN).read_bytes()).hexdigest() == received


def test_codes_are_plain():
    fields = {"id", "code", "indicator", "area", "parent", "clause", "document", "kind", "status", "level"}
    odd = [
        (name, value)
        for name, content in WORLD.items()
        for record, _ in records(content)
        for key, value in record.items()
        if key in fields and isinstance(value, str) and not re.fullmatch(r"[A-Za-z0-9_.-]*", value)
    ]

    assert odd == []


def test_clause_texts_are_folded():
    assert all(clause["text"] == folded(clause["text"]) for clause in load("clauses.yaml"))


def test_the_readme_names_every_file_and_every_flag():
    readme = raw("README.md")
    flags = {flag for content in WORLD.values() for record, _ in records(content) for flag in record.get("flags") or []}
    names = {path.name for path in SEEDS.iterdir()} - {"README.md"}

    assert {name for name in flags | names if f"`{name}`" not in readme} == set()
