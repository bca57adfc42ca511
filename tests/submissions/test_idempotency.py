"""Retries: the same key and body give the stored answer, byte for byte; anything else is another matter."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlmodel import col
from starlette.requests import Request

from app.core.errors import Problem
from app.submissions.tables import SubmissionRow
from app.web import idempotency
from app.web.answers import reply
from tests.service import Service

DONE = {"indicator": "commune_dx_completed", "value": True}


def post(service: Service, ward: str, idem: str, value: bool = True, query: str = ""):
    body = {"period": "2025-03", "rows": [DONE | {"value": value}]}
    return service.post(f"/submissions{query}", body, key=service.ward(ward), headers={"Idempotency-Key": idem})


def test_a_retry_gets_the_very_answer_of_the_first_try(service: Service):
    first = post(service, "14758", "k1")
    service.submit(service.ward("14761"), [DONE])

    again = post(service, "14758", "k1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    for header in ("location", "x-seq", "content-type"):
        assert again.headers[header] == first.headers[header]
    assert ("idempotent-replayed" in first.headers, again.headers["idempotent-replayed"]) == (False, "true")
    assert len(service.get("/submissions", key=service.ward("14758")).json()["data"]) == 1


@pytest.mark.parametrize("other", ["value", "query"])
def test_the_same_key_with_another_request_is_refused(service: Service, other: str):
    first = post(service, "14758", "k1")

    again = post(
        service, "14758", "k1", value=other != "value", query="?on_error=accept_valid" if other == "query" else ""
    )

    assert (again.status_code, again.json()["code"]) == (422, "idempotency-key-reused")
    assert again.json()["errors"][0]["header"] == "Idempotency-Key"
    assert int(again.headers["x-seq"]) == int(first.headers["x-seq"])


def test_a_refusal_is_not_kept(service: Service):
    key, headers = service.ward("14758"), {"Idempotency-Key": "k1"}
    refused = service.submit(key, [DONE | {"value": 5}], headers=headers)

    accepted = service.submit(key, [DONE], headers=headers)

    assert (refused.status_code, accepted.status_code) == (422, 201)


def test_a_key_is_the_callers_own(service: Service):
    one, other = post(service, "14758", "k1"), post(service, "14761", "k1")

    assert (one.status_code, other.status_code) == (201, 201)
    assert one.json()["id"] != other.json()["id"]


def test_a_key_is_forgotten_after_seven_days(service: Service):
    first = post(service, "14758", "k1")
    service.now[0] += timedelta(days=7) - timedelta(seconds=1)
    late = post(service, "14758", "k1")
    service.now[0] += timedelta(seconds=2)
    later = post(service, "14758", "k1")

    assert late.content == first.content
    assert later.json()["id"] != first.json()["id"]
    assert later.json()["summary"]["unchanged"] == 1


def test_a_key_that_is_none_is_refused(service: Service):
    ward, body = service.ward("14758"), {"period": "2025-03", "rows": [DONE]}

    for key in ("", "a b", "đ", "x" * 256, "a\tb"):
        answer = service.post("/submissions", body, key=ward, headers={"Idempotency-Key": key.encode("utf-8")})

        assert answer.status_code == 422, key
        assert answer.json()["errors"][0]["header"] == "Idempotency-Key"


def twin_request() -> Request:
    request = Request({"type": "http", "method": "POST", "path": "/x", "query_string": b"", "headers": []})
    request._body = b"{}"
    return request


def run_twins(service: Service, count: int, *, commit: bool, once=idempotency.once):
    """`count` callers with one key at once; returns their answers and how many of them ran."""
    ran: list[int] = []
    gate = threading.Barrier(count)

    def twin(number: int):
        gate.wait()
        try:
            with service.app.state.ledger.write("twin") as session:

                def run():
                    ran.append(number)
                    time.sleep(0.05)
                    seq = session.seq()
                    session.record("submission.accepted", str(number), {})
                    if not commit and len(ran) == 1:
                        raise Problem("submission-rejected")
                    return reply(b'{"by":%d}' % number, seq, status=201)

                return once(session, twin_request(), "k1", run)
        except Problem as problem:
            return problem

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(twin, range(count))), ran


def test_of_twins_at_once_one_runs_and_the_others_get_its_answer(service: Service):
    answers, ran = run_twins(service, 8, commit=True)

    assert len(ran) == 1
    assert {a.body for a in answers} == {b'{"by":%d}' % ran[0]}
    assert sorted("idempotent-replayed" in a.headers for a in answers) == [False] + [True] * 7


def test_when_the_first_twin_is_refused_another_runs(service: Service):
    answers, ran = run_twins(service, 4, commit=False)

    assert len(ran) == 2
    assert sum(isinstance(a, Problem) for a in answers) == 1
    assert {a.body for a in answers if not isinstance(a, Problem)} == {b'{"by":%d}' % ran[1]}


def test_a_check_before_the_insert_would_run_twins_twice(databases, tmp_path):
    """The control: without the key's row as the first statement, PostgreSQL runs both."""
    from tests.service import running

    def check_then_run(session, request, key, run):
        found = session.scalar(
            select(idempotency.IdempotencyRow.body).where(idempotency.IdempotencyRow.key == key)  # type: ignore[call-overload]
        )
        return reply(found, 0) if found else run()

    with databases.fresh("postgresql", tmp_path) as url, running(url) as service:
        _, ran = run_twins(service, 4, commit=True, once=check_then_run)

    assert len(ran) > 1


def hurried(service: Service) -> None:
    with service.app.state.ledger.write("twin") as session:
        session.connection.exec_driver_sql("SET LOCAL lock_timeout = '200ms'")
        idempotency.once(session, twin_request(), "k1", lambda: reply(b"{}", 0))


def test_a_twin_that_runs_too_long_is_told_to_come_again(databases, tmp_path):
    from tests.service import running

    with databases.fresh("postgresql", tmp_path) as url, running(url) as service:
        entered, leave = threading.Event(), threading.Event()

        def slow():
            with service.app.state.ledger.write("twin") as session:

                def run():
                    entered.set()
                    leave.wait(30)
                    seq = session.seq()
                    session.record("submission.accepted", "x", {})
                    return reply(b"{}", seq, status=201)

                return idempotency.once(session, twin_request(), "k1", run)

        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(slow)
            assert entered.wait(30)
            with pytest.raises(Problem) as told:
                hurried(service)
            leave.set()
            assert first.result().status_code == 201

    assert (told.value.code, told.value.headers) == ("idempotency-key-in-use", {"Retry-After": "1"})


def test_a_retry_leaves_one_submission(service: Service):
    for _ in range(5):
        post(service, "14758", "k1")

    with service.app.state.ledger.read() as session:
        of_ward = select(func.count()).select_from(SubmissionRow).where(col(SubmissionRow.area) == "14758-202501")
        assert session.scalar(of_ward) == 1
