"""The embedded credit platform's intake: it keeps what it is told, each message once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from application.execution.ports import Message
from infrastructure.database.engine import upsert, writing
from infrastructure.database.schema import credit_intake


@dataclass(frozen=True)
class EmbeddedIntake:
    """The CreditIntake port over a table of its own."""

    engine: Engine
    clock: Callable[[], datetime]

    def deliver(self, message: Message) -> str:
        with writing(self.engine).begin() as db:
            row = upsert(db.dialect)(credit_intake)
            row = row.values(**message._asdict(), taken_at=self.clock())
            db.execute(row.on_conflict_do_nothing())
        return f"内置信用平台回执第{message.position}号"
