"""Tells the credit platform what stands in the outbox: at least once, in order for each case.

Told first and marked afterwards: who dies in between tells again, and the platform knows the
message by its id.  What the platform returns is left to the operator; what fails is tried again,
later every time, for about three days.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row

from application.execution.ports import CreditIntake, Message, MessageReturned
from domain.kernel.errors import PlatformUnreachable
from infrastructure.database.errors import about_an_event
from infrastructure.event_store.serializer import EventMapper
from infrastructure.outbox.outbox import DeliveryResult, Outbox, State

PAGE = 50
TRIES = 25
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=6)
log = structlog.get_logger()
Enough = Callable[[], bool]


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Relay:
    outbox: Outbox
    platform: CreditIntake
    mapper: EventMapper
    clock: Callable[[], datetime]

    def run(self, enough: Enough = _never) -> int:
        """Tell all that is due, until it is enough; return how many messages were taken."""
        count = 0
        while not enough() and (taken := self.next_page(enough=enough)):
            count += taken
        return count

    def next_page(self, size: int = PAGE, enough: Enough = _never) -> int:
        """Tell one message of so many cases at most; return how many were taken.

        A platform that does not answer one is not asked to take the others now.
        """
        results: list[DeliveryResult] = []
        for row in self.outbox.due(self.clock(), size):
            try:
                results.append(self._deliver(row))
            except PlatformUnreachable as away:
                results.append(self._failed(row, away))
                break
            if enough():
                break
        self.outbox.record(results)
        return sum(result.state is State.TOLD for result in results)

    def _deliver(self, row: Row[Any]) -> DeliveryResult:
        try:
            return self._result(row, State.TOLD, self.platform.deliver(self._message(row)))
        except MessageReturned as reason:
            log.warning("message-returned", position=row.position)
            return self._result(row, State.RETURNED, str(reason))
        except PlatformUnreachable:
            raise
        except Exception as error:
            if not about_an_event(error):
                raise  # our own database is away: that is nobody's message
            return self._failed(row, error)

    def _failed(self, row: Row[Any], error: Exception) -> DeliveryResult:
        state = State.DEAD if row.tries + 1 >= TRIES else State.WAITING
        log.warning("message-not-told", position=row.position, state=state, tries=row.tries + 1)
        return self._result(row, state, f"{type(error).__name__}: {error}"[:2000])

    def _result(self, row: Row[Any], state: State, answer: str) -> DeliveryResult:
        now, tries = self.clock(), row.tries + 1
        due = now + min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT)
        return DeliveryResult(row.position, state, tries, due, now, answer)

    def _message(self, row: Row[Any]) -> Message:
        happened_at = self.mapper.of_row(row).timestamp
        about = (row.position, row.stream_id, row.version, row.code, row.topic)
        return Message(row.event_id, *about, happened_at)
