"""First light: the log, access, areas, the registry, observations and submissions.

Follows nothing.
"""

import secrets
import uuid

import sqlalchemy as sa
from alembic import op

import app.db.types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("areas", sa.String(), nullable=False),
        sa.Column("created_seq", sa.Integer(), nullable=False),
        sa.Column("created_at", app.db.types.UTCInstant(), nullable=False),
        sa.Column("expires", app.db.types.UTCInstant(), nullable=True),
        sa.Column("revoked_at", app.db.types.UTCInstant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
    )
    op.create_table(
        "area",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
    )
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_area_code"), ["code"], unique=False)

    op.create_table(
        "change",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("at", app.db.types.UTCInstant(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("actor", sa.String(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", "ordinal", name=op.f("pk_change")),
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_area_seq"), ["area", "seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_change_at_seq"), ["at", "seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_change_type_seq"), ["type", "seq"], unique=False)

    op.create_table(
        "counter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("registry_seq", sa.Integer(), nullable=False),
        sa.Column("at", app.db.types.UTCInstant(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_counter_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter")),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("type_vi", sa.String(), nullable=False),
        sa.Column("type_en", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("issuer_vi", sa.String(), nullable=False),
        sa.Column("issuer_en", sa.String(), nullable=False),
        sa.Column("title_vi", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("clause", sa.String(), nullable=True),
        sa.Column("quote", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_table(
        "idempotency",
        sa.Column("caller", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("at", app.db.types.UTCInstant(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("location", sa.String(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("pk_idempotency")),
    )
    with op.batch_alter_table("idempotency", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_at"), ["at"], unique=False)

    op.create_table(
        "indicator",
        sa.Column("id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
    )
    op.create_table(
        "submission",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", app.db.types.UTCInstant(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("period", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("actor", sa.String(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("results", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('accepted', 'in_review', 'approved', 'returned', 'rejected', 'withdrawn')",
            name=op.f("ck_submission_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_actor"), ["actor"], unique=False)
        batch_op.create_index(batch_op.f("ix_submission_seq"), ["seq"], unique=False)

    op.create_table(
        "target",
        sa.Column("id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
    )
    op.create_table(
        "area_version",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name_vi", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("effective", sa.Date(), nullable=False),
        sa.CheckConstraint("kind IN ('unit', 'statistical')", name=op.f("ck_area_version_kind")),
        sa.CheckConstraint("level IN ('city', 'commune')", name=op.f("ck_area_version_level")),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_area_version_span")),
        sa.ForeignKeyConstraint(["id"], ["area.id"], name=op.f("fk_area_version_id_area")),
        sa.ForeignKeyConstraint(["parent"], ["area.id"], name=op.f("fk_area_version_parent_area")),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_area_version")),
    )
    with op.batch_alter_table("area_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_area_version_seq"), ["seq"], unique=False)

    op.create_table(
        "clause",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("heading_vi", sa.String(), nullable=True),
        sa.Column("heading_en", sa.String(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("gloss_en", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["document"], ["document.id"], name=op.f("fk_clause_document_document")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clause")),
    )
    with op.batch_alter_table("clause", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clause_document"), ["document"], unique=False)

    op.create_table(
        "revision",
        sa.Column("indicator", app.db.types.CodeText(), nullable=False),
        sa.Column("area", app.db.types.CodeText(), nullable=False),
        sa.Column("period", app.db.types.CodeText(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("closed_seq", sa.Integer(), nullable=True),
        sa.Column("at", app.db.types.UTCInstant(), nullable=False),
        sa.Column("value", app.db.types.ExactDecimal(), nullable=True),
        sa.Column("numerator", app.db.types.ExactDecimal(), nullable=True),
        sa.Column("denominator", app.db.types.ExactDecimal(), nullable=True),
        sa.Column("qualifier", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("period_assumed", sa.Boolean(), nullable=False),
        sa.Column("submission", sa.String(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.CheckConstraint("qualifier IN ('eq', 'gt', 'ge', 'lt', 'le')", name=op.f("ck_revision_qualifier")),
        sa.CheckConstraint("status IS NULL OR status IN ('M', 'Q')", name=op.f("ck_revision_status")),
        sa.CheckConstraint("(numerator IS NULL) = (denominator IS NULL)", name=op.f("ck_revision_components")),
        sa.CheckConstraint("closed_seq IS NULL OR closed_seq > seq", name=op.f("ck_revision_closed")),
        sa.ForeignKeyConstraint(["area"], ["area.id"], name=op.f("fk_revision_area_area")),
        sa.ForeignKeyConstraint(["indicator"], ["indicator.id"], name=op.f("fk_revision_indicator_indicator")),
        sa.PrimaryKeyConstraint("indicator", "area", "period", "revision", name=op.f("pk_revision")),
    )
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.create_index(
            "ix_revision_live_area",
            ["indicator", "area", "ends"],
            unique=True,
            sqlite_where=sa.text("closed_seq IS NULL"),
            postgresql_where=sa.text("closed_seq IS NULL"),
        )
        batch_op.create_index(
            "ix_revision_live_period",
            ["indicator", "ends", "area"],
            unique=False,
            sqlite_where=sa.text("closed_seq IS NULL"),
            postgresql_where=sa.text("closed_seq IS NULL"),
        )
        batch_op.create_index(
            "ix_revision_of_area",
            ["area", "indicator", "ends"],
            unique=False,
            sqlite_where=sa.text("closed_seq IS NULL"),
            postgresql_where=sa.text("closed_seq IS NULL"),
        )
        batch_op.create_index("ix_revision_seq", ["seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_revision_submission"), ["submission"], unique=False)

    op.create_table(
        "submission_area",
        sa.Column("submission", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["area"], ["area.id"], name=op.f("fk_submission_area_area_area")),
        sa.ForeignKeyConstraint(
            ["submission"], ["submission.id"], name=op.f("fk_submission_area_submission_submission")
        ),
        sa.PrimaryKeyConstraint("submission", "area", name=op.f("pk_submission_area")),
    )
    with op.batch_alter_table("submission_area", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_submission_area_area"), ["area"], unique=False)

    op.create_table(
        "definition_version",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("name_vi", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("rollup", sa.String(), nullable=False),
        sa.Column("over_time", sa.String(), nullable=False),
        sa.Column("carry_forward", sa.Integer(), nullable=False),
        sa.Column("min_coverage", app.db.types.ExactDecimal(), nullable=False),
        sa.Column("frequency", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("unit_mult", sa.Integer(), nullable=False),
        sa.Column("decimals", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("criterion_comparator", sa.String(), nullable=True),
        sa.Column("criterion_value", app.db.types.ExactDecimal(), nullable=True),
        sa.Column("weight", sa.String(), nullable=True),
        sa.Column("definition_vi", sa.Text(), nullable=False),
        sa.Column("definition_en", sa.Text(), nullable=False),
        sa.Column("clause", sa.String(), nullable=True),
        sa.Column("quote", sa.String(), nullable=True),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.CheckConstraint("direction IN ('up', 'down')", name=op.f("ck_definition_version_direction")),
        sa.CheckConstraint("frequency IN ('A', 'S', 'Q', 'M')", name=op.f("ck_definition_version_frequency")),
        sa.CheckConstraint("level IN ('city', 'commune')", name=op.f("ck_definition_version_level")),
        sa.CheckConstraint(
            "measure IN ('ratio', 'count', 'amount', 'flag')", name=op.f("ck_definition_version_measure")
        ),
        sa.CheckConstraint("over_time IN ('latest', 'sum', 'mean')", name=op.f("ck_definition_version_over_time")),
        sa.CheckConstraint("carry_forward >= 0", name=op.f("ck_definition_version_carry_forward")),
        sa.ForeignKeyConstraint(["clause"], ["clause.id"], name=op.f("fk_definition_version_clause_clause")),
        sa.ForeignKeyConstraint(["code"], ["indicator.id"], name=op.f("fk_definition_version_code_indicator")),
        sa.ForeignKeyConstraint(["weight"], ["indicator.id"], name=op.f("fk_definition_version_weight_indicator")),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_definition_version")),
    )
    with op.batch_alter_table("definition_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_definition_version_seq"), ["seq"], unique=False)

    op.create_table(
        "target_version",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("comparator", sa.String(), nullable=False),
        sa.Column("value", app.db.types.ExactDecimal(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("baseline_value", app.db.types.ExactDecimal(), nullable=True),
        sa.Column("baseline_date", sa.Date(), nullable=True),
        sa.Column("clause", sa.String(), nullable=True),
        sa.Column("quote", sa.String(), nullable=True),
        sa.Column("flags", sa.String(), nullable=False),
        sa.Column("note_vi", sa.String(), nullable=True),
        sa.Column("note_en", sa.String(), nullable=True),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.CheckConstraint("comparator IN ('gt', 'ge', 'eq', 'le', 'lt')", name=op.f("ck_target_version_comparator")),
        sa.CheckConstraint("level IN ('city', 'commune', 'district')", name=op.f("ck_target_version_level")),
        sa.ForeignKeyConstraint(["area"], ["area.id"], name=op.f("fk_target_version_area_area")),
        sa.ForeignKeyConstraint(["clause"], ["clause.id"], name=op.f("fk_target_version_clause_clause")),
        sa.ForeignKeyConstraint(["id"], ["target.id"], name=op.f("fk_target_version_id_target")),
        sa.ForeignKeyConstraint(["indicator"], ["indicator.id"], name=op.f("fk_target_version_indicator_indicator")),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_target_version")),
    )
    with op.batch_alter_table("target_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_target_version_seq"), ["seq"], unique=False)
    counter = sa.table(
        "counter", *(sa.column(n) for n in ("id", "seq", "registry_seq", "at", "head", "epoch", "secret"))
    )
    op.execute(
        counter.insert().values(
            id=1,
            seq=0,
            registry_seq=0,
            at="1970-01-01T00:00:00.000000+00:00",
            head="",
            epoch=uuid.uuid4().hex,
            secret=secrets.token_hex(32),
        )
    )
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)


# The log only grows, and of a revision only `closed_seq` is ever set.
_FIXED = (
    "indicator, area, period, revision, ends, seq, at, value, numerator, denominator, qualifier, status, note,"
    " withdrawn, period_assumed, submission, source"
)
_SQLITE = tuple(
    f"CREATE TRIGGER {table}_no_{verb.split()[0].lower()} BEFORE {verb} ON {table}"
    f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    for table, verb in (
        ("change", "UPDATE"),
        ("change", "DELETE"),
        ("revision", "DELETE"),
        ("revision", f"UPDATE OF {_FIXED}"),
    )
)
_FUNCTION = (
    "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
)
_POSTGRESQL = (
    _FUNCTION,
    *(
        f"CREATE TRIGGER {table}_{name} BEFORE {verb} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
        for table, name, verb in (
            ("change", "append_only", "UPDATE OR DELETE"),
            ("revision", "no_delete", "DELETE"),
            ("revision", "no_update", f"UPDATE OF {_FIXED}"),
        )
    ),
)


def downgrade() -> None:
    with op.batch_alter_table("target_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_target_version_seq"))

    op.drop_table("target_version")
    with op.batch_alter_table("definition_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_definition_version_seq"))

    op.drop_table("definition_version")
    with op.batch_alter_table("submission_area", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submission_area_area"))

    op.drop_table("submission_area")
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_revision_submission"))
        batch_op.drop_index("ix_revision_seq")
        batch_op.drop_index(
            "ix_revision_of_area",
            sqlite_where=sa.text("closed_seq IS NULL"),
            postgresql_where=sa.text("closed_seq IS NULL"),
        )
        batch_op.drop_index(
            "ix_revision_live_period",
            sqlite_where=sa.text("closed_seq IS NULL"),
            postgresql_where=sa.text("closed_seq IS NULL"),
        )
        batch_op.drop_index(
            "ix_revision_live_area",
            sqlite_where=sa.text("closed_seq IS NULL"),
            postgresql_where=sa.text("closed_seq IS NULL"),
        )

    op.drop_table("revision")
    with op.batch_alter_table("clause", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clause_document"))

    op.drop_table("clause")
    with op.batch_alter_table("area_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_area_version_seq"))

    op.drop_table("area_version")
    op.drop_table("target")
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submission_seq"))
        batch_op.drop_index(batch_op.f("ix_submission_actor"))

    op.drop_table("submission")
    op.drop_table("indicator")
    with op.batch_alter_table("idempotency", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_idempotency_at"))

    op.drop_table("idempotency")
    op.drop_table("document")
    op.drop_table("counter")
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_change_type_seq"))
        batch_op.drop_index(batch_op.f("ix_change_at_seq"))
        batch_op.drop_index(batch_op.f("ix_change_area_seq"))

    op.drop_table("change")
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_area_code"))

    op.drop_table("area")
    op.drop_table("api_key")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION append_only()")
