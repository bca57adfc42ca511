"""`dxi areas apply`: a file or a day, previewed or applied; what cannot be is told in a sentence."""

import json
from pathlib import Path

from tests.cli.processes import dxi

FILE = Path(__file__).resolve().parents[2] / "seeds" / "area_changes_2025-07-01.csv"


def test_a_reorganisation_is_previewed_then_applied_once(database_url):
    told = dxi("areas", "apply", str(FILE), "--preview", url=database_url)
    applied = dxi("areas", "apply", str(FILE), url=database_url)
    again = dxi("areas", "apply", "2025-07-01", url=database_url)

    assert json.loads(told.out)["expected_after"] == 7
    assert applied.code == 0
    assert applied.out.splitlines() == [
        "Đã áp dụng đợt sắp xếp 2025-07-01: 47 địa bàn kết thúc, 7 địa bàn bắt đầu, 51 liên kết.",
        "Applied 2025-07-01: 47 areas end, 7 begin, 51 links.",
    ]
    assert (again.code, again.out) == (1, "")
    assert "has been applied" in again.err


def test_a_file_of_another_form_is_told_in_a_sentence(databases, tmp_path):
    wrong = tmp_path / "areas.csv"
    wrong.write_text("a,b\n1,2\n")
    with databases.fresh("sqlite", tmp_path) as url:
        found = [
            dxi("areas", "apply", name, url=url) for name in (str(wrong), str(tmp_path / "none.csv"), "2024-01-01")
        ]

    assert [(done.code, done.out) for done in found] == [(1, "")] * 3
    assert "Traceback" not in "".join(done.err for done in found)
