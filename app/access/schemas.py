"""Shapes of keys, of the caller, and of the audited log."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from app.access.callers import Scope
from app.access.commands import MAX_NAME
from app.web.schemas import Instant, Listed, Sent, Shape

KEY_ID = "c20e398dacde"
ScopeField = Field(description="`read`, `submit`, `review`, `steward`, `admin`", examples=[["submit"]])


class KeySent(Sent):
    """A key that shall be issued."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Phường Đông Thọ",
                    "scopes": ["submit"],
                    "areas": ["14758-202501"],
                    "expires": "2099-12-31T17:00:00Z",
                }
            ]
        }
    )

    name: str = Field(min_length=1, max_length=MAX_NAME, description="Who holds it", examples=["Phường Đông Thọ"])
    scopes: list[Scope] = Field(min_length=1, max_length=5, description="What it may do; `admin` may do everything")
    areas: list[Annotated[str, Field(min_length=1, max_length=40)]] = Field(
        default=[], max_length=500, description="The areas it may submit for, by id or code; `submit` needs some"
    )
    expires: Instant | None = Field(None, description="When it ends; null: when it is revoked")


class KeyView(Shape):
    """A key, without its secret."""

    id: str = Field(description="The public part", examples=[KEY_ID])
    name: str = Field(examples=["Phường Đông Thọ"])
    scopes: list[str] = ScopeField
    areas: list[str] = Field(description="The ids of the areas it may submit for", examples=[["14758-202501"]])
    expires: str | None
    created_at: str = Field(examples=["2026-11-22T03:00:00Z"])
    revoked_at: str | None
    seq: int = Field(description="The change that issued it")


class KeyIssued(KeyView):
    """A fresh key: the only answer that ever holds it."""

    key: str = Field(
        description="The whole key. Keep it now: it is shown once, and only a digest of it is stored",
        examples=["dxk_<id>_<secret>"],
    )


class KeyList(Listed):
    """A page of keys."""

    data: list[KeyView]


class Me(Shape):
    """The caller, by its key."""

    id: str = Field(examples=[KEY_ID])
    name: str
    scopes: list[str] = ScopeField
    areas: list[str]
    expires: str | None


class AuditEntry(Shape):
    """One row of the log in full; `digest` chains it to the row before."""

    seq: int = Field(examples=[57])
    ordinal: int = Field(description="Its place among the changes of one seq")
    at: str = Field(examples=["2026-11-22T03:00:00Z"])
    type: str = Field(examples=["key.created"])
    subject: str = Field(examples=[KEY_ID])
    area: str | None
    actor: str | None = Field(description="The id of the key that did it; `system` for the service itself")
    public: bool = Field(description="Whether the anonymous feed carries it")
    before: dict[str, Any] | None
    data: dict[str, Any]
    digest: str


class AuditList(Shape):
    """A page of the log; `next` is the seq to go on after, null at the end."""

    data: list[AuditEntry]
    next: int | None
    seq: int


class Broken(Shape):
    seq: int
    ordinal: int


class Verification(Shape):
    """What checking the chain found."""

    intact: bool
    checked: int = Field(description="How many rows are right, from the first on")
    seq: int = Field(description="The seq of the last right row; export it with `head`")
    head: str = Field(description="The digest of the last right row")
    first_broken: Broken | None = Field(description="The first row that is wrong or missing")
