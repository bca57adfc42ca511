"""The examples of the schemas run against the seeded service as they stand."""

import pytest

from app.indicators.schemas import IndicatorIn, IndicatorPatch
from app.indicators.target_schemas import TargetIn, TargetPatch


def examples(model):
    return model.model_config["json_schema_extra"]["examples"]


@pytest.mark.parametrize(("path", "model"), [("/indicators", IndicatorIn), ("/targets", TargetIn)])
def test_posts(service, path, model):
    for body in examples(model):
        answer = service.post(path, body, key=service.key("steward"))
        assert answer.status_code == 201, answer.text
        assert body.items() <= answer.json().items()


@pytest.mark.parametrize(
    ("path", "model"),
    [("/indicators/commune_dx_completed", IndicatorPatch), ("/targets/commune_dx_completed-2025", TargetPatch)],
)
def test_patches(service, path, model):
    for body in examples(model):
        answer = service.patch(path, body, key=service.key("steward"), headers={"If-Match": "*"})
        assert answer.status_code == 200, answer.text
        assert body.items() <= answer.json().items()
