"""`/targets/{id}/trajectory`: what is required when, beside what was."""

from fastapi import APIRouter, Response

from app.access.callers import Look
from app.city.trajectory import trajectory
from app.city.trajectory_schemas import TrajectoryRow, TrajectoryView
from app.indicators.target_routes import TargetId
from app.web.answers import answer
from app.web.openapi import documented
from app.web.paging import Fields, names_in, trimmed
from app.web.routing import Route

router = APIRouter(prefix="/targets", tags=["targets"], route_class=Route)


@router.get(
    "/{id}/trajectory",
    name="show_trajectory",
    **documented(TrajectoryView, "target-not-found"),
)
def show_trajectory(look: Look, id: TargetId, fields: Fields = None) -> Response:
    """What a target requires period by period, beside the figures there were: the chart for the steering committee.

    The required line goes straight from the baseline through the target's interim points to the target. A row for each
    of the indicator's own periods from the baseline's to the due day's (at most 1,200), coming ones with `value` null;
    no row while there is neither a baseline nor a figure. A target of one ward is held against that ward's own words.
    """
    with look() as session:
        found = trajectory(session, target_id=id, lang=look.lang)
        rows = trimmed(found["data"], names_in(fields), tuple(TrajectoryRow.model_fields))
        return answer(session, found | {"data": rows})
