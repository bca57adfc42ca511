"""One frozen Settings, read from the environment (`DXI_*`) once and passed down; nobody else reads the environment."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.changes.webhooks.addresses import networks


class Settings(BaseSettings):
    """How this process runs. Every field is an environment variable with the prefix `DXI_`."""

    model_config = SettingsConfigDict(env_prefix="DXI_", frozen=True, extra="ignore")

    database_url: str = Field("sqlite:///dxi.db", description="An embedded SQLite file, or postgresql://…")
    database_read_url: str | None = Field(
        None, repr=False, description="A streaming replica of that PostgreSQL, for reads that it knows enough for."
    )
    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="The port to listen on.")
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s/?#]+(/[^\s?#]*)?$",
        description="Where others reach the service, for the links in catalogues; without it, host and port.",
    )
    workers: int = Field(1, ge=1, le=64, description="Processes; more than one needs PostgreSQL.")
    public_read: bool = Field(True, description="Whether published data may be read without a key.")
    secret: str | None = Field(
        None,
        min_length=32,
        repr=False,
        description="Signs cursors and the audit chain; without it one is made and kept in the database.",
    )
    require_durable: bool = Field(
        True, description="Refuse readiness when the PostgreSQL server could lose acknowledged writes."
    )
    webhook_allowed_networks: str = Field(
        "",
        description="Networks (CIDR, comma-separated) inside which webhooks may go to addresses that are not public.",
    )
    writes_per_minute: int = Field(
        60_000, ge=0, description="How many requests that change something a key may make a minute; 0: no limit."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least level that is logged."
    )
    shutdown_seconds: int = Field(8, ge=1, le=300, description="How long open requests may take to end after SIGTERM.")

    @field_validator("webhook_allowed_networks")
    @classmethod
    def _are_networks(cls, given: str) -> str:
        networks(given)
        return given

    @model_validator(mode="after")
    def _replicates_a_server(self) -> Self:
        given = self.database_read_url
        if given is not None and (self.embedded or not given.startswith(("postgresql://", "postgresql+psycopg://"))):
            raise ValueError(
                "DXI_DATABASE_READ_URL: chỉ PostgreSQL có bản sao, cả hai địa chỉ phải là postgresql://…"
                " · only PostgreSQL has replicas, both URLs must be postgresql://…"
            )
        return self

    @property
    def address(self) -> str:
        """`public_url` without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def embedded(self) -> bool:
        return self.database_url.startswith("sqlite")
