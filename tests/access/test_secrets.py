"""A key's secret is in no log, no error and no trace, whatever is done with it."""

import io
import json
import logging

import pytest

from app.ops import logs


@pytest.fixture
def logged():
    out = io.BytesIO()
    logs.configure("debug", out)
    yield out
    logging.basicConfig(handlers=[], level=logging.WARNING, force=True)
    logging.getLogger("dxi").setLevel(logging.NOTSET)


def test_a_secret_is_in_no_log_and_no_answer_but_its_first(service, logged, monkeypatch):
    key = service.key("admin")
    secret = key.split("_", 2)[2]
    answers = [
        service.get("/me", key=key),
        service.get(f"/keys/{key}", key=key),
        service.get(f"/areas/{key}"),
        service.get("/areas", params={"q": "x", "key": key}),
        service.get("/areas", params={key: "x"}),
        service.post("/keys", {"name": key, "scopes": [key], "areas": [key]}, key=key),
        service.post(f"/{key}", {}, key=key),
        service.get("/me", headers={"Authorization": f"Basic {key}"}),
        service.get("/me", headers={"Authorization": f"Bearer {key}x"}),
    ]

    def breaks(*_, **__):
        raise RuntimeError(f"while serving {key}")

    monkeypatch.setattr("app.access.routes.queries.keys", breaks)
    answers.append(service.get("/keys", key=key))

    assert answers[-1].status_code == 500
    assert secret.encode() not in logged.getvalue()
    assert b"unhandled" in logged.getvalue()
    assert [a.request.url.path for a in answers if secret in a.text] == []


def test_the_app_itself_does_not_show_its_secrets_when_printed(service):
    shown = repr(service.app.state.ledger) + repr(service.app.state.health)

    assert service.app.state.ledger.secret.decode() not in shown


def test_in_a_program_with_logs_of_its_own_a_request_is_told_there(service, caplog):
    caplog.set_level(logging.INFO)

    answer = service.get("/areas")
    service.app.state.answered.now()

    (record,) = (r for r in caplog.records if r.getMessage() == "request")
    assert record.__dict__["trace_id"] == answer.headers["x-trace-id"]


def test_lines_are_json_even_for_what_json_does_not_know(logged):
    logging.getLogger("dxi").info("odd", extra={"value": object(), "text": "Đông Thọ\n\x00"})

    assert json.loads(logged.getvalue())["text"] == "Đông Thọ\n\x00"
