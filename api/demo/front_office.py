"""The open cases of the demonstration: what lies on the desks today, some of it late.

Each scenario ends at one stage.  Its case begins so many working days before today that its next
step is due today, or has been due for some days, or is due in some days.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

from api.demo import case_scenarios as scenarios
from api.demo.papers import paper
from api.demo.population import CaseScenario
from api.demo.scenario_runs import CaseRun, Steps
from application.access.permissions import Role
from application.case.commands import acceptance, promise, sanction, supplement
from domain.case import periods
from domain.case.acceptance.values import AtOpening, ToPutRight
from domain.catalogue.item import CatalogueItem
from domain.catalogue.terms import CommitmentType, DecisionGate, Periods
from domain.kernel.errors import PlatformUnreachable

NOTICE, DEFERRED = CommitmentType.NOTICE_COMMITMENT, CommitmentType.DEFERRED_MATERIALS
BOTH = (NOTICE, DEFERRED)
BEFORE = DecisionGate.BEFORE_SUPPLEMENT


def received(run: CaseRun) -> Steps:
    """Only opened: the credit platform is to be asked on the same day, once it is accepted."""
    yield from ()


def to_put_right(run: CaseRun) -> Steps:
    """Only received, and to be put right; what is drawn for it changes no other case."""
    drawn = run.random.getstate()
    lacking = ToPutRight(what="申请书没有填写联系电话，请补填")
    run.act(Role.INTAKE_CLERK, acceptance.AskForCorrection(asked=(lacking,)))
    run.random.setstate(drawn)
    yield from ()


def unanswered(run: CaseRun) -> Steps:
    """The credit platform does not answer, so the case stays as it was opened."""
    with suppress(PlatformUnreachable):
        run.act(Role.INTAKE_CLERK, promise.Query())
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
    """The first missing material is handed in; the others, and the delivery, are still awaited."""
    yield from scenarios.undelivered(run)
    code = run.case.outstanding[0].code
    run.act(Role.INTAKE_CLERK, supplement.Supply(material=code, digest=paper(f"材料 {code}")))


def returned(run: CaseRun) -> Steps:
    """The first missing material was handed in and is returned: it is awaited again."""
    yield from supplied(run)
    code = run.case.outstanding[0].code
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


def waived(run: CaseRun) -> Steps:
    yield from forewarned(run)
    yield run.later(1)
    run.act(Role.HEARING_CHAIR, sanction.WaiveHearing(digest=paper("放弃陈述申辩的声明")))


def heard(run: CaseRun) -> Steps:
    yield from forewarned(run)
    yield run.later(1)
    facts = {"statement": "已着手整改，请求从轻处理", "opinion": "陈述属实，可以从轻"}
    run.act(Role.HEARING_CHAIR, sanction.Hear(**facts))


class OpenScenario(NamedTuple):
    """How a case comes to its stage, and when its next step is due."""

    steps: Callable[[CaseRun], Steps]
    due: Callable[[Periods], int]
    """Working days from the beginning to the day on which the next step is due."""
    takes: int = 0
    """Working days ago that the case began at the least; the last step lies before today then."""
    by_office: bool = True
    """False if the applicant owes the next step; once the day has passed, the sweep takes it."""
    kinds: tuple[CommitmentType, ...] = (NOTICE,)
    gate: DecisionGate | None = None
    acceptance: AtOpening = AtOpening.ACCEPTED


class OpenCase(NamedTuple):
    """One case to be left open: the last field is the working days left to its next step."""

    place: OpenScenario
    scenario: CaseScenario
    left: int

    def began(self, item: CatalogueItem) -> int:
        """How many working days ago a case of this item began."""
        assert item.terms is not None
        left = self.left if self.place.by_office else abs(self.left)
        return max(self.place.takes, self.place.due(item.terms.periods) - left)


def _after(*days: int) -> Callable[[Periods], int]:
    return lambda _: sum(days)


# One desk a line, one stage or more in turn.  A breach is found after 1 working day, rectification
# ordered after 2 and failed after 3, notice of a sanction given after 4, its party heard after 5.
# fmt: off
DESKS = (
    (OpenScenario(received, _after(0), kinds=BOTH),
     OpenScenario(received, _after(0), kinds=BOTH),
     OpenScenario(received, _after(0), kinds=BOTH, acceptance=AtOpening.RECEIVED),
     OpenScenario(received, _after(0), kinds=BOTH),
     OpenScenario(to_put_right, _after(0), kinds=BOTH, acceptance=AtOpening.RECEIVED)),
    (OpenScenario(eligible, _after(periods.NOTIFY), kinds=BOTH),),
    (OpenScenario(notified, _after(periods.ANSWER_NOTICE), kinds=BOTH),),
    (OpenScenario(committed, _after(0), kinds=BOTH),),
    (OpenScenario(granted, lambda item: item.inspection),
     OpenScenario(granted, lambda item: item.supplement, 0, False, (DEFERRED,), BEFORE),
     OpenScenario(supplied, _after(periods.REVIEW_MATERIAL), 0, True, (DEFERRED,), BEFORE),
     OpenScenario(returned, lambda item: item.supplement, 0, False, (DEFERRED,), BEFORE)),
    (OpenScenario(breached, _after(1, periods.ORDER_RECTIFICATION), 2),),
    (OpenScenario(rectifying, lambda item: 2 + item.rectification, 3, False),),
    (OpenScenario(unrectified, _after(3, periods.FOREWARN), 4),
     OpenScenario(forewarned, _after(4, periods.STATEMENT), 5),
     OpenScenario(waived, _after(5), 6),
     OpenScenario(heard, _after(5), 6),
     OpenScenario(waived, _after(70))),  # the 90 days for the decision are over
)
# fmt: on
LEFT = (3, -1, 1, -2, 0, -4, 2)
"""Working days left to the next step, in turn; negative for days that it is late."""
PERSONS = 4
"""Of so many cases of a desk, one is of a natural person."""


UNANSWERED = OpenCase(
    OpenScenario(unanswered, _after(0)), CaseScenario(unanswered, 1, NOTICE, answered=False), -1
)


def open_cases(number: int) -> Iterator[OpenCase]:
    """Yields so many cases: the one held up by the credit platform, then desk by desk."""
    if number:
        yield UNANSWERED
    for index in range(number - 1):
        turn, desk = divmod(index, len(DESKS))
        place = DESKS[desk][turn % len(DESKS[desk])]
        left = LEFT[(turn + desk) % len(LEFT)]
        person = (turn + desk) % PERSONS == 1
        kind = place.kinds[turn % len(place.kinds)]
        yield OpenCase(place, CaseScenario(place.steps, 1, kind, person, gate=place.gate), left)
