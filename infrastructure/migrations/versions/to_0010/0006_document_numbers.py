"""The numbers of documents, with those that the log already contains; the first event keeps one."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from domain.kernel.documents import IssuedNumber, issued_number
from domain.values.workdays import local_date
from infrastructure.database.schema import document_numbers, events
from infrastructure.event_store.numbers import claim

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DECISIONS = ("case/application-granted", "case/application-refused")
SANCTION = "case/penalty-imposed"
OF_COURTS = ("judgment", "arbitral_award")
TOLERANCE = ("tolerance/exempted", "tolerance/mitigated", "tolerance/not-exempted")
RULINGS = ("tolerance/reconsideration-settled", "tolerance/appeal-settled")


def upgrade() -> None:
    op.create_table(
        "document_numbers",
        sa.Column("claim", sa.String(length=64), nullable=False),
        sa.Column("organ", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("stream_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("claim", name="pk_document_numbers"),
    )
    db = op.get_bind()
    for holder, number in list(_in_the_log(db)):
        claim(db, number, holder)


def _in_the_log(db: sa.Connection) -> Iterator[tuple[UUID, IssuedNumber]]:
    """Yields the holder and the number of every document in the log, the oldest first."""
    e, topics = events.c, (*DECISIONS, SANCTION, *TOLERANCE, *RULINGS)
    rows = sa.select(e.stream_id, e.topic, e.data).where(e.topic.in_(topics)).order_by(e.position)
    for stream_id, topic, data in db.execute(rows):
        if number := _number(topic, json.loads(data)):
            yield stream_id, number


def _number(topic: str, facts: dict[str, Any]) -> IssuedNumber | None:
    """The number in an event.  Returns None for a ruling of a court whose name was not recorded."""
    organ, day = facts["by"]["department"]["code"], facts["timestamp"]
    if topic in DECISIONS:
        issued_on = local_date(datetime.fromisoformat(day)).isoformat()
        document = facts["document"] | {"issued_on": issued_on}
    elif topic == SANCTION:
        document = facts["basis"]
        if document["kind"] in OF_COURTS:
            return None
    else:
        document = (facts["ruling"] if topic in RULINGS else facts)["decision"]
        organ = document["authority"]["code"]
    return issued_number(organ, document["number"], datetime.fromisoformat(document["issued_on"]))


def downgrade() -> None:
    op.drop_table(document_numbers.name)
