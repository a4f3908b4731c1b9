"""A fake credit platform that a test can switch off, and queries of the outbox and its receiver."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update

from application.execution.ports import Message, MessageReturned
from domain.kernel.errors import PlatformUnreachable
from infrastructure.container import Container
from infrastructure.database.engine import writing
from infrastructure.database.schema import credit_intake, outbox
from infrastructure.outbox.outbox import MessageState

TOPICS_OF_PENALIZED = [
    "case/commitment-made",
    "case/application-granted",
    "case/breach-found",
    "case/penalty-imposed",
]
"""The topics that are delivered for a case that ends with a penalty."""


class Platform:
    """A credit platform that can be unreachable, and that returns the messages of some cases."""

    def __init__(self) -> None:
        self.asked: list[Message] = []
        self.taken: list[Message] = []
        self.away, self.returns = False, set[UUID]()

    def deliver(self, message: Message) -> str:
        self.asked.append(message)
        if self.away:
            raise PlatformUnreachable("没有回答")
        if message.case_id in self.returns:
            raise MessageReturned("没有这个承诺编码")
        self.taken.append(message)
        return f"回执{len(self.taken)}"

    def topics(self, case_id: UUID) -> list[str]:
        return [message.topic for message in self.taken if message.case_id == case_id]


def rows(service: Container) -> list[Row[Any]]:
    """The rows of the outbox, in the order of the log."""
    with service.engine.connect() as db:
        return [*db.execute(select(outbox).order_by(outbox.c.position))]


def states(service: Container) -> list[str]:
    return [row.state for row in rows(service)]


def taken_in(service: Container) -> list[Row[Any]]:
    """The messages that the embedded platform has received, in the order of the log."""
    with service.engine.connect() as db:
        return [*db.execute(select(credit_intake).order_by(credit_intake.c.position))]


def becomes(service: Container, position: int, state: MessageState, **columns: object) -> None:
    """Sets the state of the message at a position, as a delivery would."""
    with writing(service.engine).begin() as db:
        message = update(outbox).where(outbox.c.position == position)
        db.execute(message.values(state=state, **columns))
