"""Which decisions wait for a reviewer, and an index by which what reviewers did is found."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_CONTESTED = """
INSERT INTO open_cases (decision, kind, owner, since)
SELECT d.id, 'contested', d.owner,
    (SELECT max(e.at) FROM events e WHERE e.decision = d.id AND e.kind = 'contested')
FROM decisions d
WHERE (SELECT e.state FROM events e WHERE e.decision = d.id ORDER BY e.number DESC LIMIT 1) = 'contested'
    AND NOT EXISTS (SELECT 1 FROM decisions later WHERE later.supersedes = d.id)
    AND EXISTS (SELECT 1 FROM subject_decisions link WHERE link.decision = d.id)
"""

_PROPOSED = """
INSERT INTO open_cases (decision, kind, owner, since)
SELECT d.id, 'unread', d.owner, d.at
FROM decisions d
WHERE d.state = 'proposed'
    AND NOT EXISTS (SELECT 1 FROM events e WHERE e.decision = d.id AND e.state <> 'proposed')
    AND NOT EXISTS (SELECT 1 FROM decisions later WHERE later.supersedes = d.id)
    AND EXISTS (SELECT 1 FROM subject_decisions link WHERE link.decision = d.id)
"""


def upgrade() -> None:
    """Make the list and fill it: what is contested; and every proposal, since its outcome cannot be read here."""
    op.create_table(
        "open_cases",
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["decision"], ["decisions.id"], name=op.f("fk_open_cases_decision")),
        sa.PrimaryKeyConstraint("decision", name=op.f("pk_open_cases")),
    )
    op.create_index(op.f("ix_open_cases_since_decision"), "open_cases", ["since", "decision"], unique=False)
    op.create_index(
        op.f("ix_open_cases_owner_since_decision"), "open_cases", ["owner", "since", "decision"], unique=False
    )
    op.create_index(op.f("ix_events_kind_at"), "events", ["kind", "at"], unique=False)
    op.execute(_CONTESTED)
    op.execute(_PROPOSED)
