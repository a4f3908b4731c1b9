"""The relay: delivers the outbox to the credit platform, at least once, in order for each case.

It delivers a message first and records the result afterwards.  If it dies in between, it delivers
the message again, and the platform recognizes the message by its id.  A message that the platform
returns is left to an operator.  A failed delivery is retried with exponential back-off for about
three days.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row

from application.execution.ports import CreditIntake, Message, MessageReturned
from domain.kernel.errors import PlatformUnreachable, WrittenByNewer
from infrastructure.database.errors import about_an_event
from infrastructure.event_store.serializer import EventMapper
from infrastructure.outbox.outbox import DeliveryResult, MessageState, Outbox

PAGE_SIZE = 50
"""Maximum number of messages in a page; each belongs to a different case."""
MAX_ATTEMPTS = 25
"""After this many failed deliveries a message is given up."""
FIRST_DELAY, MAX_DELAY = timedelta(seconds=5), timedelta(hours=6)
"""Exponential back-off: the delay doubles with each attempt, up to the maximum."""
NEWER_RELEASE_DELAY = timedelta(minutes=1)
"""How long a message of an event that this release cannot read waits for a newer one."""
log = structlog.get_logger()
Stopped = Callable[[], bool]
"""Returns True if the work must stop."""


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Relay:
    outbox: Outbox
    platform: CreditIntake
    mapper: EventMapper
    clock: Callable[[], datetime]

    def run(self, stopped: Stopped = _never) -> int:
        """Delivers all due messages, until stopped; returns how many were delivered."""
        count = 0
        while not stopped() and (delivered := self.next_page(stopped=stopped)):
            count += delivered
        return count

    def next_page(self, size: int = PAGE_SIZE, stopped: Stopped = _never) -> int:
        """Delivers one message for each of at most `size` cases; returns how many were delivered.

        If the platform does not answer, the remaining messages are left for a later page.
        """
        results: list[DeliveryResult] = []
        for row in self.outbox.due(self.clock(), size):
            try:
                results.append(self._deliver(row))
            except PlatformUnreachable as away:
                results.append(self._failed(row, away))
                break
            if stopped():
                break
        self.outbox.record(results)
        return sum(result.state is MessageState.DELIVERED for result in results)

    def _deliver(self, row: Row[Any]) -> DeliveryResult:
        try:
            receipt = self.platform.deliver(self._message(row))
            return self._result(row, MessageState.DELIVERED, receipt)
        except MessageReturned as reason:
            log.warning("message-returned", position=row.position)
            return self._result(row, MessageState.RETURNED, str(reason))
        except PlatformUnreachable:
            raise
        except WrittenByNewer as unknown:
            return self._left_to_newer(row, unknown)
        except Exception as error:
            if not about_an_event(error):
                raise  # our own database is unavailable: no message is to blame
            return self._failed(row, error)

    def _failed(self, row: Row[Any], error: Exception) -> DeliveryResult:
        state = MessageState.DEAD if row.tries + 1 >= MAX_ATTEMPTS else MessageState.WAITING
        log.warning("message-not-told", position=row.position, state=state, tries=row.tries + 1)
        return self._result(row, state, f"{type(error).__name__}: {error}"[:2000])

    def _left_to_newer(self, row: Row[Any], unknown: WrittenByNewer) -> DeliveryResult:
        """Leaves a message to a newer release; it costs none of its attempts."""
        log.warning("message-of-newer-release", position=row.position, topic=row.topic)
        now = self.clock()
        due = now + NEWER_RELEASE_DELAY
        return DeliveryResult(row.position, MessageState.WAITING, row.tries, due, now, str(unknown))

    def _result(self, row: Row[Any], state: MessageState, answer: str) -> DeliveryResult:
        now, tries = self.clock(), row.tries + 1
        due = now + min(FIRST_DELAY * 2 ** (tries - 1), MAX_DELAY)
        return DeliveryResult(row.position, state, tries, due, now, answer)

    def _message(self, row: Row[Any]) -> Message:
        happened_at = self.mapper.of_row(row).timestamp
        subject = (row.position, row.stream_id, row.version, row.code, row.topic)
        return Message(row.event_id, *subject, happened_at)
