"""Shapes of endpoints and deliveries."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from app.changes.webhooks.addresses import MAX_URL
from app.changes.webhooks.commands import Wish
from app.web.schemas import LEFT_OUT, Listed, Sent, Shape

WEBHOOK_ID = "5f0c2a91b7d4"
DELIVERY_ID = "0643c1a2b7d4e05f0c2a91"
Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_URL,
        description="An https address of the public internet, without user or fragment; others as the service allows",
        examples=["https://ioc.example.org/dxi"],
    ),
]
Types = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=60)]],
    Field(max_length=60, description="Only changes of these types; none: every public one"),
]
Areas = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=40)]],
    Field(max_length=500, description="Only changes of these areas, by id or code; none: all"),
]
Description = Annotated[str, Field(max_length=300, description="Whose endpoint it is")]


class WebhookIn(Sent):
    """An endpoint that shall get the changes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "url": "https://ioc.example.org/dxi",
                    "description": "Trung tâm điều hành (IOC)",
                    "types": ["observation.created", "observation.revised", "observation.withdrawn"],
                    "areas": ["14758-202501"],
                }
            ]
        }
    )

    url: Url
    types: Types = Field(default=[])
    areas: Areas = Field(default=[])
    description: Description = ""
    enabled: bool = True

    def wish(self) -> Wish:
        return Wish(self.url, self.types, self.areas, self.description, self.enabled)


class WebhookPatch(Sent):
    """Any members of an endpoint; `enabled: true` goes on where it stopped."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"areas": []}, {"enabled": True}]})

    url: Url = LEFT_OUT
    types: Types = LEFT_OUT
    areas: Areas = LEFT_OUT
    description: Description = LEFT_OUT
    enabled: bool = LEFT_OUT

    def wish(self) -> Wish:
        return Wish(**self.model_dump(exclude_unset=True))


class WebhookView(Shape):
    """An endpoint, without its secret."""

    id: str = Field(examples=[WEBHOOK_ID])
    url: str = Field(examples=["https://ioc.example.org/dxi"])
    description: str = Field(examples=["Trung tâm điều hành (IOC)"])
    types: list[str] = Field(examples=[["observation.created"]])
    areas: list[str] = Field(examples=[["14758-202501"]])
    enabled: bool
    reason: str | None = Field(
        description="Why it is not enabled: `switched-off`, `gone` (it answered 410), `exhausted` (days of failures)"
    )
    created_by: str | None
    created_at: str = Field(examples=["2026-11-22T03:00:00Z"])
    previous_secret_until: str | None = Field(description="Until when messages are also signed with the secret before")
    seq: int = Field(description="The change that made it so")


class WebhookIssued(WebhookView):
    """An endpoint with its secret: the only answer that holds it."""

    secret: str = Field(
        description="Verifies the signatures (Standard Webhooks). Keep it now: it is shown once",
        examples=["whsec_<base64>"],
    )


class WebhookList(Listed):
    """A page of endpoints."""

    data: list[WebhookView]


class DeliveryView(Shape):
    """One attempt to deliver one message."""

    id: str = Field(examples=[DELIVERY_ID])
    message: str = Field(description="The `webhook-id`: the same in every attempt", examples=["msg_3f1c2b7e9d5a_57_0"])
    seq: int | None = Field(description="The change's seq; null for a test", examples=[57])
    type: str = Field(examples=["observation.created"])
    kind: Literal["change", "test", "manual"] = Field(description="What it came from")
    state: Literal["queued", "delivered", "failed"]
    attempt: int = Field(examples=[1])
    at: str = Field(examples=["2026-11-22T03:00:00Z"])
    status: int | None = Field(description="The HTTP status, if there was one", examples=[204])
    error: str | None = Field(
        description="`refused`, `redirect-not-followed`, `timed-out`, `not-connected`, `tls-failed`,"
        " `address-forbidden`, `answer-malformed`, `change-not-found`"
    )
    ms: int | None = Field(description="How long it took")


class Standing(Shape):
    """How far an endpoint has got."""

    seq: int = Field(description="The last change delivered, or passed over for a while")
    attempts: int = Field(description="Failed attempts of the change after it")
    next_attempt_at: str | None


class DeliveryList(Listed):
    """A page of attempts, the newest first; the newest 1,000 are kept."""

    data: list[DeliveryView]
    standing: Standing
