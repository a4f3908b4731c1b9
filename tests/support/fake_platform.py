"""A credit platform that a test sends away, and what the outbox and the embedded one hold."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update

from application.execution.ports import Message, MessageReturned
from domain.kernel.errors import PlatformUnreachable
from infrastructure.container import Container
from infrastructure.database.engine import writing
from infrastructure.database.schema import credit_intake, outbox
from infrastructure.outbox.outbox import MessageState

TOLD_OF_PENALIZED = [
    "case/commitment-made",
    "case/application-granted",
    "case/breach-found",
    "case/penalty-imposed",
]
"""What the platform is told of a case that ends with a penalty."""


class Platform:
    """A credit platform that can be away, and that returns what concerns certain cases."""

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
    """The outbox, in the order of the log."""
    with service.engine.connect() as db:
        return [*db.execute(select(outbox).order_by(outbox.c.position))]


def states(service: Container) -> list[str]:
    return [row.state for row in rows(service)]


def taken_in(service: Container) -> list[Row[Any]]:
    """What the embedded platform was told, in the order of the log."""
    with service.engine.connect() as db:
        return [*db.execute(select(credit_intake).order_by(credit_intake.c.position))]


def becomes(service: Container, position: int, state: MessageState, **how: object) -> None:
    """The platform, or three days, made this of the message at that position."""
    with writing(service.engine).begin() as db:
        mine = update(outbox).where(outbox.c.position == position)
        db.execute(mine.values(state=state, **how))
