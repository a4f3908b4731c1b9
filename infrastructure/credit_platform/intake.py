"""The intake of the embedded credit platform: stores each message that is delivered to it once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from application.execution.ports import Message
from infrastructure.database.engine import upsert, writing
from infrastructure.database.schema import credit_intake


@dataclass(frozen=True)
class EmbeddedIntake:
    """Implements the CreditIntake port on the table `credit_intake`."""

    engine: Engine
    clock: Callable[[], datetime]

    def deliver(self, message: Message) -> str:
        with writing(self.engine).begin() as db:
            row = upsert(db.dialect)(credit_intake)
            row = row.values(**message._asdict(), taken_at=self.clock())
            db.execute(row.on_conflict_do_nothing())
        return f"内置信用平台回执第{message.position}号"
