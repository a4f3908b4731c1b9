"""Random cases: random actors try random actions, mostly those that are open, as time passes."""

from contextlib import suppress
from datetime import timedelta
from random import Random
from uuid import UUID

from domain.case.case import Case
from domain.case.lifecycle import ACTIONS
from domain.kernel.aggregate import Event
from domain.kernel.errors import DomainError
from tests.domain.case.test_laws import ACTORS, BEGINNINGS, ENDS, moves
from tests.given import Fact, done, history, unpinned

DAYS = (0, 0, 0, 0, 1, 2, 6, 15)


def wandering(chance: Random, number: int) -> list[Event]:
    """Returns the events of one random case, in order; each number has its own stream."""
    story: tuple[Fact, ...] = BEGINNINGS[chance.choice([*BEGINNINGS])]
    events = history(*map(unpinned, story), id=UUID(int=0xA0D17000000 + number))
    case = Case.replay(events)
    assert case is not None
    now = events[-1].timestamp
    for _ in range(chance.randrange(4, 30)):
        now += timedelta(days=chance.choice(DAYS), minutes=chance.randrange(300))
        by = chance.choice(ACTORS)
        offered = case.open_actions(by, now) if chance.randrange(8) else [*ACTIONS][1:]
        if not offered:
            continue
        verb, arguments = chance.choice(moves(case, chance.choice(offered), now))
        with suppress(DomainError):
            done(case, verb, *arguments, by=by, at=now)
        events += case.collect_events()
        if case.stage in ENDS and chance.randrange(3):
            break
    return events
