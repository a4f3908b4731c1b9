"""The open cases of the demonstration: what lies on the desks today, some of it late.

Each scenario ends at one stage.  Its case begins some working days before the present, so that the
next step of some is due today, of others it was due before, and of others it is still to come.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from api.demo import case_scenarios as scenarios
from api.demo.case_scenarios import CaseRun, Steps, digest
from application.access.permissions import Role
from application.case.commands import promise, sanction, supplement
from domain.catalogue.terms import CommitmentType

NOTICE, DEFERRED = CommitmentType.NOTICE_COMMITMENT, CommitmentType.DEFERRED_MATERIALS


def received(run: CaseRun) -> Steps:
    """Only opened: the credit platform is to be asked on the same day."""
    yield from ()


def eligible(run: CaseRun) -> Steps:
    run.act(Role.INTAKE_CLERK, promise.Query())
    yield from ()


def notified(run: CaseRun) -> Steps:
    run.act(Role.INTAKE_CLERK, promise.Query())
    run.act(Role.INTAKE_CLERK, promise.Notify())
    yield from ()


def committed(run: CaseRun) -> Steps:
    scenarios.commit(run)
    yield from ()


def granted(run: CaseRun) -> Steps:
    yield from scenarios.granted(run)


def supplied(run: CaseRun) -> Steps:
    """The first missing material is handed in, or returned; the others are still awaited."""
    yield from scenarios.granted(run)
    if not run.case.outstanding:
        return
    code = run.case.outstanding[0].code
    run.act(Role.INTAKE_CLERK, supplement.Supply(material=code, digest=digest(code)))
    if run.random.randrange(3) == 0:
        reason = "复印件不清晰，请重新提交"
        run.act(Role.DECISION_OFFICER, supplement.ReturnMaterial(material=code, reason=reason))


def breached(run: CaseRun) -> Steps:
    yield from scenarios.granted(run)
    yield run.later(1)
    scenarios.find_breach(run)


def rectifying(run: CaseRun) -> Steps:
    yield from scenarios.breached(run, waits=1)


def unrectified(run: CaseRun) -> Steps:
    yield from scenarios.breached(run, waits=1)
    yield run.later(1)
    scenarios.fail(run)


def forewarned(run: CaseRun) -> Steps:
    yield from unrectified(run)
    yield run.later(1)
    scenarios.forewarn(run)


def heard(run: CaseRun) -> Steps:
    yield from forewarned(run)
    yield run.later(1)
    run.act(Role.HEARING_CHAIR, sanction.WaiveHearing(digest=digest("waiver")))


class OpenScenario(NamedTuple):
    """Where a case stands, and how many working days ago its like may have begun."""

    steps: Callable[[CaseRun], Steps]
    began: tuple[int, ...]
    kind: CommitmentType = NOTICE


OPEN_SCENARIOS = (
    OpenScenario(received, (0, 0, 1, 2)),
    OpenScenario(eligible, (0, 2, 5, 6)),
    OpenScenario(notified, (0, 1, 4, 5, 7)),
    OpenScenario(committed, (0, 0, 1, 3)),
    OpenScenario(granted, (1, 9, 10, 19, 20)),
    OpenScenario(supplied, (1, 2, 4), DEFERRED),
    OpenScenario(breached, (2, 4, 6)),
    OpenScenario(rectifying, (3, 5, 8)),
    OpenScenario(unrectified, (5, 8)),
    OpenScenario(forewarned, (6, 9)),
    OpenScenario(heard, (8, 12)),
)


def open_scenarios(number: int) -> Iterator[tuple[OpenScenario, int, bool]]:
    """Yields so many scenarios in turn, how long ago each began, and whether a person applies."""
    for index in range(number):
        round_, place = divmod(index, len(OPEN_SCENARIOS))
        scenario = OPEN_SCENARIOS[place]
        yield scenario, scenario.began[round_ % len(scenario.began)], round_ % 4 == 1
