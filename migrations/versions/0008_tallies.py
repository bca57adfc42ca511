"""What the areas said exactly, added up by indicator and period; filled from the revisions that stand.

Follows 0007.
"""

from collections import defaultdict
from decimal import Context, Decimal, localcontext
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.db.types import CodeText, ExactDecimal

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    tally = op.create_table(
        "tally",
        sa.Column("parent", CodeText(), nullable=False),
        sa.Column("indicator", CodeText(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("areas", sa.Integer(), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.Column("value_count", sa.Integer(), nullable=False),
        sa.Column("component_count", sa.Integer(), nullable=False),
        sa.Column("value", ExactDecimal(), nullable=False),
        sa.Column("numerator", ExactDecimal(), nullable=False),
        sa.Column("denominator", ExactDecimal(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["indicator"], ["indicator.id"], name=op.f("fk_tally_indicator_indicator")),
        sa.ForeignKeyConstraint(["parent"], ["area.id"], name=op.f("fk_tally_parent_area")),
        sa.PrimaryKeyConstraint("parent", "indicator", "ends", name=op.f("pk_tally")),
    )
    rows = _added_up()
    if rows:
        op.bulk_insert(tally, rows)


def _added_up() -> list[dict[str, Any]]:
    """What stands now, in one walk over the revisions that keeps no more than the sums in memory."""
    connection = op.get_bind()
    communes = "SELECT DISTINCT id, parent FROM area_version WHERE level = 'commune' AND parent IS NOT NULL"
    parents = {row.id: row.parent for row in connection.execute(sa.text(communes))}
    said = sa.text(
        "SELECT indicator, ends, area, value, numerator, denominator, seq FROM revision"
        " WHERE closed_seq IS NULL AND NOT withdrawn AND status IS NULL AND qualifier = 'eq'"
    ).columns(value=ExactDecimal(), numerator=ExactDecimal(), denominator=ExactDecimal())
    summed: dict[tuple[str, str, int], list[Any]] = defaultdict(
        lambda: [0, 0, 0, 0, Decimal(0), Decimal(0), Decimal(0), 0]
    )
    with localcontext(Context(prec=100)):
        found = connection.execute(said, execution_options={"yield_per": 5_000})
        for indicator, ends, area, value, numerator, denominator, seq in found:
            if area not in parents:
                continue
            sums = summed[parents[area], indicator, ends]
            sums[0] += 1
            sums[1] += int.from_bytes(blake2b(area.encode(), digest_size=6).digest())
            sums[2] += value is not None
            sums[3] += numerator is not None
            sums[4] += value or 0
            sums[5] += numerator or 0
            sums[6] += denominator or 0
            sums[7] = max(sums[7], seq)
    names = ("areas", "mark", "value_count", "component_count", "value", "numerator", "denominator", "seq")
    return [
        {"parent": parent, "indicator": indicator, "ends": ends, **dict(zip(names, sums, strict=True))}
        for (parent, indicator, ends), sums in summed.items()
    ]


def downgrade() -> None:
    op.drop_table("tally")
