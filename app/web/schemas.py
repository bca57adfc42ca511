"""The manners of every shape: closed on input, exact numbers, no text taken for a number."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.core.errors import Problem
from app.core.periods import Period


class Shape(BaseModel):
    """What the service sends; declared for the OpenAPI file, and worked out when that is asked for."""

    model_config = ConfigDict(extra="forbid", defer_build=True)


class Sent(BaseModel):
    """What a caller sends: unknown members refused, nothing coerced."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _number(value: Any) -> Any:
    if not isinstance(value, Decimal):
        raise PydanticCustomError("not-a-number", "not-a-number")
    return value


def _date(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        if not isinstance(value, str) or len(value) != 10 or not value.isascii():
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("not-a-date", "not-a-date") from None


def _instant(value: Any) -> Any:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
        if not isinstance(instant, datetime) or instant.tzinfo is None:
            raise ValueError
    except ValueError:
        raise PydanticCustomError("not-an-instant", "not-an-instant") from None
    return instant


def _integer(value: Any) -> Any:
    if isinstance(value, Decimal) and value == value.to_integral_value() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise PydanticCustomError("not-an-integer", "not-an-integer")


def _period(value: Any) -> Any:
    try:
        return str(Period.parse(value)) if isinstance(value, str) else Period.parse("")
    except Problem:
        raise PydanticCustomError("period-malformed", "period-malformed") from None


Number = Annotated[
    Decimal, BeforeValidator(_number), WithJsonSchema({"type": "number"}), PlainSerializer(lambda v: v, return_type=Any)
]
Integer = Annotated[int, BeforeValidator(_integer), WithJsonSchema({"type": "integer"})]
Day = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
Instant = Annotated[datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
PeriodText = Annotated[
    str,
    BeforeValidator(_period),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{4}(-(S[12]|Q[1-4]|0[1-9]|1[0-2]))?$"}),
]


# A member left out of a PATCH is not there at all; the schema shows no default for it.
LEFT_OUT: Any = Field(default_factory=lambda: None)


class Listed(Shape):
    """What every list holds beside its data."""

    next: str | None = Field(description="The cursor of the next page; null at the end")
    seq: int = Field(description="The seq the page was read at")
    count: int | None = Field(None, description="The number of all rows, with count=exact")


class ProblemEntry(Shape):
    """One place of a problem."""

    pointer: str | None = None
    parameter: str | None = None
    header: str | None = None
    cell: str | None = None
    code: str
    message: str
    given: Any = None
    expected: Any = None
    hint: Any = None
    severity: str | None = None


class ProblemDocument(Shape):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    trace_id: str
    errors: list[ProblemEntry]
    error_count: int | None = None


class Moment(Shape):
    """A moment of the ledger, and the day on which its targets are judged."""

    seq: int
    today: str = Field(examples=["2025-03-31"])


class Compared(Listed):
    """What every comparison of two moments holds beside its data."""

    earlier: Moment = Field(alias="from", description="The earlier moment, as it was understood")
    later: Moment = Field(alias="to", description="The later one")
