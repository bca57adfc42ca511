"""The commands that end: keys, migrate, seed, verify, openapi."""

import json
import sqlite3

import pytest

from tests.cli.processes import dxi, process

TRIGGERS = "DROP TRIGGER change_no_update; DROP TRIGGER change_no_delete;"


def create(url, *arguments):
    return dxi("keys", "create", "--name", "Phường Đông Thọ", *arguments, url=url)


def test_a_created_key_is_alone_on_standard_output(database_url):
    wish = ("--name", "Phường Đông Thọ", "--scope", "submit", "--scope", "read", "--area", "14758")
    done = process("keys", "create", *wish, url=database_url)

    assert done.code == 0
    assert done.out.startswith("dxk_")
    assert done.out.count("\n") == 1
    assert done.err == ""


def test_a_created_key_opens_the_running_service_and_a_revoked_one_does_not(service, database_url):
    key = create(database_url, "--scope", "read", "--expires", "2027-01-01T00:00:00+07:00").out.strip()
    me = service.get("/me", key=key)
    revoked = dxi("keys", "revoke", key.split("_")[1], url=database_url)

    assert me.json()["expires"] == "2026-12-31T17:00:00Z"
    assert revoked.code == 0
    assert service.get("/me", key=key).status_code == 401


def test_keys_are_listed_without_their_secrets(database_url):
    keys = [create(database_url, "--scope", scope).out.strip() for scope in ("read", "review")]
    dxi("keys", "revoke", keys[1].split("_")[1], url=database_url)

    listed = dxi("keys", "list", url=database_url).out

    rows = {line.split("\t")[0]: line.split("\t")[1:3] for line in listed.splitlines()}
    assert rows == {keys[0].split("_")[1]: ["valid", "read"], keys[1].split("_")[1]: ["revoked", "review"]}
    assert not any(key.split("_", 2)[2] in listed for key in keys)


REFUSED = [
    (("--scope", "submit"), 1, "names at least one area"),
    (("--scope", "submit", "--area", "99999"), 1, "99999"),
    (("--scope", "read", "--expires", "2020-01-01T00:00:00Z"), 1, "2020-01-01"),
    (("--scope", "read", "--expires", "tomorrow"), 2, "tomorrow"),
    (("--scope", "root"), 2, "root"),
    ((), 2, "--scope"),
]


@pytest.mark.parametrize(("arguments", "code", "said"), REFUSED)
def test_a_wrong_wish_is_refused_in_a_sentence(databases, tmp_path, arguments, code, said):
    with databases.fresh("sqlite", tmp_path) as url:
        done = create(url, *arguments)

        assert (done.code, done.out) == (code, "")
        assert said in done.err
        assert "Traceback" not in done.err
        assert dxi("keys", "list", url=url).out == ""


def test_revoking_an_unknown_key_is_told(databases, tmp_path):
    with databases.fresh("sqlite", tmp_path) as url:
        done = dxi("keys", "revoke", "0123456789ab", url=url)

    assert done.code == 1
    assert "Traceback" not in done.err


def test_an_empty_database_is_migrated_then_seeded_and_both_may_be_repeated(empty_database_url):
    for verb in ("migrate", "seed", "migrate", "seed"):
        done = dxi(verb, url=empty_database_url)
        assert (done.code, done.err) == (0, "")

    verified = dxi("verify", url=empty_database_url)
    assert verified.code == 0
    assert "up to seq 1," in verified.out
    # Vietnamese first, then English, line by line.
    for vi, en in (("Nguyên vẹn", "Intact"), ("Hãy cất", "Keep this head")):
        assert verified.out.index(vi) < verified.out.index(en)
    seeded = dxi("seed", url=empty_database_url)
    assert [line[:6] for line in seeded.out.splitlines()] == ["Địa bà", "The pl"]


def test_an_empty_server_is_not_seeded_before_it_is_migrated(databases, tmp_path):
    with databases.fresh("postgresql", tmp_path, prepared=False) as url:
        done = dxi("seed", url=url)

    assert done.code == 1
    assert [line.startswith(begin) for line, begin in zip(done.err.splitlines(), ("Cơ sở", "The"), strict=True)] == [
        True
    ] * 2
    assert all("dxi migrate" in line for line in done.err.splitlines())


def test_an_unknown_revision_is_told(database_url):
    done = dxi("migrate", "--revision", "nowhere", url=database_url)

    assert done.code == 1
    assert "nowhere" in done.err
    assert "Traceback" not in done.err


def test_a_tampered_log_fails_verify(databases, tmp_path):
    with databases.fresh("sqlite", tmp_path) as url:
        assert dxi("verify", url=url).code == 0
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        connection.executescript(TRIGGERS + "UPDATE change SET actor = 'x' WHERE seq = 1 AND ordinal = 3")
        connection.close()

        done = dxi("verify", url=url)

    assert done.code == 1
    assert "1/3" in done.err
    assert "tampered" in done.err


def test_a_head_printed_by_verify_proves_later_that_nothing_was_cut_off(databases, tmp_path):
    with databases.fresh("sqlite", tmp_path) as url:
        create(url, "--scope", "read")
        said = dxi("verify", url=url).out.split()
        exported = said[said.index("--seq") :]
        create(url, "--scope", "read")
        assert dxi("verify", *exported, url=url).code == 0

        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        connection.executescript(
            TRIGGERS + "DELETE FROM change WHERE seq > 1;"
            " UPDATE counter SET seq = 1, head = (SELECT digest FROM change ORDER BY seq DESC, ordinal DESC LIMIT 1)"
        )
        connection.close()

        assert dxi("verify", url=url).code == 0
        assert dxi("verify", *exported, url=url).code == 1


def test_verify_makes_no_database_where_there_is_none(tmp_path):
    done = dxi("verify", url=f"sqlite:///{tmp_path}/none.db")

    assert done.code == 1
    assert not (tmp_path / "none.db").exists()


def test_a_wrong_database_url_is_told_in_a_sentence():
    for url in ("mysql://x/y", "nonsense", "sqlite://"):
        done = dxi("keys", "list", url=url)
        assert done.code == 2
        assert "DXI_DATABASE_URL" in done.err
        assert "Traceback" not in done.err


def test_the_openapi_file_is_the_one_that_is_served(service):
    done = dxi("openapi", url="sqlite:////nowhere/at/all.db")

    assert done.code == 0
    assert json.loads(done.out) == service.raw("GET", "/openapi.json").json()


def test_commands_beside_a_running_service_leave_checkpoints_to_it(databases, tmp_path):
    with databases.fresh("sqlite", tmp_path) as url:
        from app.cli.database import opened
        from app.settings import Settings

        database = opened(Settings(database_url=url))
        with database.writes() as connection:
            assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar() == 0
        database.close()
