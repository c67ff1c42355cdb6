"""Predictions kept as they were made; what a review had before its eyes."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SEEN: tuple[tuple[str, sa.types.TypeEngine[Any]], ...] = (
    ("risk_class", sa.String(20)),
    ("probability", sa.Double()),
    ("horizon", sa.Integer()),
    ("as_of", sa.Integer()),
    ("model", sa.String(64)),
)


def upgrade() -> None:
    """Create the table of predictions, and add to reviews the prediction that was reviewed."""
    op.create_table(
        "prediction_set",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("region", sa.String(8), nullable=False),
        sa.Column("as_of", sa.Integer(), nullable=False),
        sa.Column("horizon", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(64), nullable=False),
        sa.Column("data_version", sa.String(64), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("region", "as_of", "horizon", "model", "data_version"),
    )
    op.create_table(
        "prediction",
        sa.Column(
            "set_id",
            sa.Integer(),
            sa.ForeignKey("prediction_set.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("code", sa.String(5), primary_key=True),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("risk_class", sa.String(20), nullable=False),
    )
    with op.batch_alter_table("review") as review:
        for name, kind in SEEN:
            review.add_column(sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    """Drop what was added."""
    with op.batch_alter_table("review") as review:
        for name, _ in SEEN:
            review.drop_column(name)
    op.drop_table("prediction")
    op.drop_table("prediction_set")
