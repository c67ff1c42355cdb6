"""Scenarios shared between planners, deleted ones that come back, a journal."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add who may open a scenario, who changed and deleted it, who made a link; the journal."""
    with op.batch_alter_table("scenario") as scenario:
        scenario.add_column(sa.Column("access", sa.String(20), nullable=True))
        scenario.add_column(sa.Column("updated_by", sa.String(320), nullable=True))
        scenario.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("share") as share:
        share.add_column(sa.Column("made_by", sa.String(320), nullable=True))
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.String(320), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
    )
    op.create_index("ix_journal_subject", "journal", ["subject"])


def downgrade() -> None:
    """Drop what was added; scenarios in the bin are gone for good."""
    op.execute("DELETE FROM scenario WHERE deleted_at IS NOT NULL")
    op.drop_table("journal")
    with op.batch_alter_table("share") as share:
        share.drop_column("made_by")
    with op.batch_alter_table("scenario") as scenario:
        for name in ("deleted_at", "updated_by", "access"):
            scenario.drop_column(name)
