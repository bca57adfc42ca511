"""Who is calling: one answer for every bad key, and a key ends when it should."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.service import START

PUBLIC, PRIVATE = "/areas", "/me"


def parts(key):
    _, key_id, secret = key.split("_", 2)
    return key_id, secret


def revoked(service):
    admin, key = service.key("admin"), service.key("read", expires=START + timedelta(days=9))
    assert service.delete(f"/keys/{parts(key)[0]}", key=admin).status_code == 200
    return key


def expired(service):
    key = service.key("read", expires=START + timedelta(seconds=1))
    service.now[0] = START + timedelta(seconds=1)
    return key


def with_the_secret_of_another(service):
    return f"dxk_{parts(service.key('read'))[0]}_{parts(service.key('review'))[1]}"


def with_a_letter_changed(service):
    key = service.key("read")
    return key[:-2] + ("A" if key[-2] != "A" else "B") + key[-1]


def unknown(service):
    return "dxk_0123456789ab_" + "x" * 43


BAD = [revoked, expired, with_the_secret_of_another, with_a_letter_changed, unknown]
MALFORMED = ["", "Bearer", "Bearer ", "Bearer dxk_", "Basic YTpi", "dxk_a_b", "Bearer dxk__", "Bearer x y", "Bearer é"]


def told(answer):
    """What a caller may learn from a refusal, without what differs in every answer."""
    said = answer.json()
    said.pop("trace_id")
    kept = {name: value for name, value in answer.headers.items() if name != "x-trace-id"}
    return answer.status_code, said, kept


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("path", [PUBLIC, PRIVATE])
def test_every_bad_key_gets_the_very_same_answer(service, bad, path):
    key = bad(service)
    nobody = service.get(path, headers={"Authorization": "Bearer nonsense"})

    refused = service.get(path, key=key)

    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")
    assert refused.json()["code"] == "unauthenticated"
    assert told(refused) == told(nobody)


@pytest.mark.parametrize("header", MALFORMED)
def test_a_header_that_is_no_key_gets_that_answer_too(shared, header):
    refused = shared.get(PUBLIC, headers={"Authorization": header.encode()})

    assert told(refused) == told(shared.get(PUBLIC, key=unknown(shared)))


def test_no_key_where_one_is_needed_gets_that_answer_too(service):
    assert told(service.get(PRIVATE)) == told(service.get(PRIVATE, key=unknown(service)))


def test_a_key_in_the_query_is_no_key(service):
    key = service.key("admin")

    answer = service.get("/keys", params={"key": key, "access_token": key})

    assert answer.status_code in (400, 401)
    assert parts(key)[1] not in answer.text


def test_nobody_may_read_what_is_published_unless_the_service_is_closed(database_url):
    from tests.service import running

    with running(database_url, public_read=False) as closed:
        assert closed.get(PUBLIC).status_code == 401
        assert closed.get(PUBLIC, key=closed.key("read")).status_code == 200
        assert closed.raw("GET", "/healthz").status_code == 200
    with running(database_url) as opened:
        assert opened.get(PUBLIC).status_code == 200


def test_a_key_ends_at_its_instant_and_not_before(service):
    key = service.key("read", expires=START + timedelta(hours=1))

    service.now[0] = START + timedelta(hours=1) - timedelta(microseconds=1)
    assert service.get(PRIVATE, key=key).status_code == 200

    service.now[0] = START + timedelta(hours=1)
    assert service.get(PRIVATE, key=key).status_code == 401


def test_a_key_expires_even_for_an_answer_it_already_had(service):
    key = service.key("read", expires=START + timedelta(hours=1))
    tag = service.get(PUBLIC, key=key).headers["etag"]

    service.now[0] = START + timedelta(hours=2)

    assert service.get(PUBLIC, key=key, headers={"If-None-Match": tag}).status_code == 401


def test_a_revoked_key_opens_nothing_from_then_on(service):
    admin, key = service.key("admin"), service.key("read", expires=START + timedelta(days=8))
    tag = service.get(PRIVATE, key=key).headers["etag"]

    service.delete(f"/keys/{parts(key)[0]}", key=admin)

    assert service.get(PRIVATE, key=key).status_code == 401
    assert service.get(PRIVATE, key=key, headers={"If-None-Match": tag}).status_code == 401


def test_a_key_revoked_by_another_process_opens_nothing_from_then_on(service, database_url):
    from app.access import commands
    from app.main import open_ledger
    from app.settings import Settings

    key = service.key("read")
    assert service.get(PRIVATE, key=key).status_code == 200
    elsewhere = open_ledger(Settings(database_url=database_url))

    with elsewhere.write("cli") as session:
        commands.revoke(session, parts(key)[0])
    elsewhere.database.close()

    assert service.get(PRIVATE, key=key).status_code == 401


def test_a_key_issued_by_another_process_works_at_once(service, database_url):
    from app.access import commands
    from app.main import open_ledger
    from app.settings import Settings

    elsewhere = open_ledger(Settings(database_url=database_url))
    with elsewhere.write("cli") as session:
        _, key = commands.create(session, name="mới", scopes=("read",))
    elsewhere.database.close()

    assert service.get(PRIVATE, key=key).json()["name"] == "mới"


def test_two_keys_of_one_holder_overlap_while_one_takes_over(service):
    admin = service.key("admin")
    first, second = service.key("review"), service.key("review", expires=START + timedelta(days=365))

    assert {service.get(PRIVATE, key=k).status_code for k in (first, second)} == {200}
    service.delete(f"/keys/{parts(first)[0]}", key=admin)

    assert [service.get(PRIVATE, key=k).status_code for k in (first, second)] == [401, 200]


def test_a_flood_of_made_up_keys_asks_the_database_nothing(service, monkeypatch):
    key = service.key("read")
    service.get(PRIVATE, key=key)

    def asked(*_):
        raise AssertionError("the database was asked")

    monkeypatch.setattr(type(service.app.state.ledger), "read", asked)

    for number in range(200):
        assert service.get(PRIVATE, key=f"dxk_{number:012x}_" + "y" * 43).status_code == 401


def test_me_tells_whose_key_it_is_and_what_it_may_do(service):
    until = datetime(2027, 1, 1, tzinfo=UTC)
    key = service.key("submit", "read", areas=("14758",), expires=until)

    me = service.get("/me", key=key).json()

    assert me["id"] == parts(key)[0]
    assert me["scopes"] == ["read", "submit"]
    assert me["areas"] == ["14758-202501"]
    assert me["expires"] == "2027-01-01T00:00:00Z"
