"""The same domain as a newcomer writes it after the FastAPI and SQLModel tutorials; what the service is compared with.

In good faith, and in its favour where the two differ: foreign keys and the natural key are indexed, a city figure takes
one select, nothing is carried forward, audited, tagged or kept exact. Observations tell their indicator and area by
name, as the service's do, through the tutorial's "models with relationships".
"""

import os
from collections import defaultdict
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query
from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Relationship, Session, SQLModel, col, create_engine, func, select


class AreaBase(SQLModel):
    code: str = Field(index=True)
    name: str


class Area(AreaBase, table=True):
    id: int | None = Field(default=None, primary_key=True)
    observations: list["Observation"] = Relationship(back_populates="area")


class AreaPublic(AreaBase):
    id: int


class IndicatorBase(SQLModel):
    code: str = Field(index=True, unique=True)
    name: str
    rule: str
    unit: str
    criterion: float | None = None
    target: float | None = None


class Indicator(IndicatorBase, table=True):
    id: int | None = Field(default=None, primary_key=True)
    observations: list["Observation"] = Relationship(back_populates="indicator")


class IndicatorPublic(IndicatorBase):
    id: int


class ObservationBase(SQLModel):
    indicator_id: int = Field(foreign_key="indicator.id", index=True)
    area_id: int = Field(foreign_key="area.id", index=True)
    period: str = Field(index=True)
    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None


class Observation(ObservationBase, table=True):
    __table_args__ = (UniqueConstraint("indicator_id", "area_id", "period"),)

    id: int | None = Field(default=None, primary_key=True)
    indicator: Indicator = Relationship(back_populates="observations")
    area: Area = Relationship(back_populates="observations")


class ObservationCreate(ObservationBase):
    pass


class ObservationPublic(ObservationBase):
    id: int


class ObservationPublicWithNames(ObservationPublic):
    indicator: IndicatorPublic
    area: AreaPublic


class Figure(SQLModel):
    """The city's figure of one indicator and month."""

    indicator: str
    name: str
    period: str
    value: float | None
    numerator: float | None
    denominator: float | None
    rule: str
    unit: str
    expected: int
    reported: int
    missing: int
    target_value: float | None
    gap: float | None
    previous_value: float | None
    change: float | None


database_url = os.environ.get("DATABASE_URL", "sqlite:///naive.db")
connect_args = {"check_same_thread": False} if database_url.startswith("sqlite") else {}
engine = create_engine(database_url, connect_args=connect_args)


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]

app = FastAPI()


def month_before(period: str) -> str:
    year, month = int(period[:4]), int(period[5:])
    return f"{year - 1}-12" if month == 1 else f"{year}-{month - 1:02d}"


def city_value(
    indicator: Indicator, observations: list[Observation], expected: int
) -> tuple[float | None, float | None, float | None]:
    """Value, numerator and denominator by the indicator's rule."""
    if not observations:
        return None, None, None
    if indicator.rule == "ratio_of_sums":
        numerator = sum(observation.numerator or 0 for observation in observations)
        denominator = sum(observation.denominator or 0 for observation in observations)
        return (100 * numerator / denominator if denominator else None), numerator, denominator
    values = [observation.value for observation in observations if observation.value is not None]
    if indicator.rule == "share_reaching":
        reached = sum(value >= (indicator.criterion or 0) for value in values)
        return 100 * reached / expected, reached, expected
    if indicator.rule == "sum":
        return sum(values), None, None
    return sum(values) / len(values), None, None


def city_figure(
    indicator: Indicator, period: str, by_period: dict[str, list[Observation]], expected: int, previous: float | None
) -> Figure:
    observations = by_period[period]
    value, numerator, denominator = city_value(indicator, observations, expected)
    return Figure(
        indicator=indicator.code,
        name=indicator.name,
        period=period,
        value=None if value is None else round(value, 2),
        numerator=numerator,
        denominator=denominator,
        rule=indicator.rule,
        unit=indicator.unit,
        expected=expected,
        reported=len(observations),
        missing=expected - len(observations),
        target_value=indicator.target,
        gap=None if value is None or indicator.target is None else round(max(indicator.target - value, 0), 2),
        previous_value=None if previous is None else round(previous, 2),
        change=None if value is None or previous is None else round(value - previous, 2),
    )


@app.get("/healthz")
def read_health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/series", response_model=list[Figure])
def read_series(*, session: SessionDep, indicator: str) -> list[Figure]:
    found = session.exec(select(Indicator).where(Indicator.code == indicator)).first()
    if not found:
        raise HTTPException(status_code=404, detail="Indicator not found")
    expected = session.exec(select(func.count(col(Area.id)))).one()
    by_period: dict[str, list[Observation]] = defaultdict(list)
    for observation in session.exec(select(Observation).where(Observation.indicator_id == found.id)):
        by_period[observation.period].append(observation)
    figures = []
    previous = None
    for period in sorted(by_period):
        figures.append(city_figure(found, period, by_period, expected, previous))
        previous = figures[-1].value
    return figures


@app.get("/snapshot", response_model=list[Figure])
def read_snapshot(*, session: SessionDep, period: str) -> list[Figure]:
    expected = session.exec(select(func.count(col(Area.id)))).one()
    before = month_before(period)
    by_indicator: dict[int, dict[str, list[Observation]]] = defaultdict(lambda: defaultdict(list))
    for observation in session.exec(select(Observation).where(col(Observation.period).in_([period, before]))):
        by_indicator[observation.indicator_id][observation.period].append(observation)
    figures = []
    for indicator in session.exec(select(Indicator)):
        by_period = by_indicator[indicator.id or 0]
        previous, _, _ = city_value(indicator, by_period[before], expected)
        figures.append(city_figure(indicator, period, by_period, expected, previous))
    return figures


@app.get("/observations", response_model=list[ObservationPublicWithNames])
def read_observations(
    *, session: SessionDep, offset: int = 0, limit: Annotated[int, Query(le=100)] = 100
) -> list[Observation]:
    return list(session.exec(select(Observation).order_by(col(Observation.id)).offset(offset).limit(limit)).all())


@app.get("/observations/{observation_id}", response_model=ObservationPublicWithNames)
def read_observation(*, session: SessionDep, observation_id: int) -> Observation:
    observation = session.get(Observation, observation_id)
    if not observation:
        raise HTTPException(status_code=404, detail="Observation not found")
    return observation


@app.post("/batch", response_model=list[ObservationPublic], status_code=201)
def create_observations(*, session: SessionDep, observations: list[ObservationCreate]) -> list[Observation]:
    """The tutorial's create and update of one row, for each row."""
    stored = []
    for sent in observations:
        indicator = session.get(Indicator, sent.indicator_id)
        if not indicator or not session.get(Area, sent.area_id):
            raise HTTPException(status_code=404, detail="Indicator or area not found")
        if indicator.rule == "ratio_of_sums" and (sent.numerator is None or sent.denominator is None):
            raise HTTPException(status_code=422, detail="Numerator and denominator are required")
        observation = session.exec(
            select(Observation).where(
                Observation.indicator_id == sent.indicator_id,
                Observation.area_id == sent.area_id,
                Observation.period == sent.period,
            )
        ).first()
        if observation:
            observation.sqlmodel_update(sent.model_dump(exclude_unset=True))
        else:
            observation = Observation.model_validate(sent)
        session.add(observation)
        session.commit()
        session.refresh(observation)
        stored.append(observation)
    return stored
