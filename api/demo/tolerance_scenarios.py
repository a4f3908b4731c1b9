"""The scenarios of demonstration tolerance reviews (容错免责): at least one on each ground.

They run like those of cases (`case_scenarios.py`) and refer to cases that exist by then.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from api.demo.papers import hand_in, paper
from api.demo.scenario_runs import ScenarioRun, Steps
from application.access.permissions import Role
from application.execution.context import CommandContext
from application.tolerance import commands as c
from application.tolerance.review_command import ReviewCommand
from domain.case.case import Case
from domain.catalogue.item import CatalogueItem, item_id
from domain.catalogue.terms import CommitmentType
from domain.law.lawbook import PRINTED
from domain.tolerance import grounds as g
from domain.tolerance import values as f
from domain.values.parties import Actor, Department
from domain.values.workdays import local_date
from infrastructure.container import Container
from projections.read_model.tables import case_summaries

CITY = Department(code="11411281005800162H", name="义马市人民政府")
COMMISSION = Department(code="114112810058003063", name="义马市发展和改革委员会")
ORGANISATION = Department(code="11411281005800277P", name="中共义马市委组织部")
DISCIPLINE = Department(code="11411281005800293D", name="中共义马市纪律检查委员会")
AUTHORITY_KINDS = {
    ORGANISATION.code: f.AuthorityKind.APPOINTING,
    DISCIPLINE.code: f.AuthorityKind.DISCIPLINE,
    CITY.code: f.AuthorityKind.NEXT_HIGHER,
}


class ReviewRun(ScenarioRun):
    """A scenario's run of one review; the item's department requests tolerance.

    `review` is the review after the last command.
    """

    def request(self, ground: g.Ground, link: g.CaseLink) -> None:
        office = self.item.item.department
        command = c.RequestTolerance(
            concerned=f.Officer(person="decision-01", department=office, superior="lead-00"),
            superiors=(CITY,),
            plan_followed=_evidence("工作方案办理台账"),
            ground=ground,
            conditions=f.Conditions(
                reform_direction=_evidence("符合全市信用承诺改革的方向"),
                not_prohibited=_evidence("没有违反法律、法规的禁止性规定"),
                lawful_procedure=_evidence("经局长办公会研究决定"),
                diligent=_evidence("没有发现谋取私利"),
            ),
            cases=() if isinstance(ground, g.DeferredHandlingError) else (link,),
            matters=(f.ItemLink(code=self.item.item.code, version=self.item.terms_version),),
        )
        context = self._as_lead()
        hand_in(self.container, context.by, command)
        self.review = self.container.tolerance.request(context, command).aggregate

    def act(self, command: ReviewCommand, person: str = "reviewer-02") -> None:
        """Execute the command as a reviewer."""
        by = Actor(person=person, role=Role.TOLERANCE_REVIEWER, department=COMMISSION)
        hand_in(self.container, by, command)
        act = self.container.tolerance.act
        self.review = act(self.context(by), self.review.id, command).aggregate

    def notify(self) -> None:
        self.act(c.NotifyDecision(recipient="decision-01", served_on=local_date(self.at)))

    def withdraw(self, reason: str) -> None:
        command = c.WithdrawRequest(reason=reason)
        act = self.container.tolerance.act
        self.review = act(self._as_lead(), self.review.id, command).aggregate

    def decision(
        self, reasons: str, authority: Department = ORGANISATION, title: str = "容错"
    ) -> f.Decision:
        """A decision document issued on the run's current day."""
        return f.Decision(
            authority=authority,
            kind=AUTHORITY_KINDS[authority.code],
            number=self.document(title),
            issued_on=local_date(self.at),
            digest=paper("容错决定"),
            deciders=("secretary-01", "secretary-02"),
            reasons=reasons,
        )

    def _as_lead(self) -> CommandContext:
        office = self.item.item.department
        by = Actor(person="lead-01", role=Role.DEPARTMENT_LEAD, department=office)
        return self.context(by)


class ReviewScenario(NamedTuple):
    """The ground of the request, the result of the check, and the steps that follow it."""

    ground: Callable[[date, g.CaseLink], g.Ground]
    steps: Callable[[ReviewRun], Steps]
    facts: bool = True
    """True if the check confirms the facts."""
    diligent: bool = True
    """True if the check finds that the party was diligent."""


def run_review(
    container: Container, random: Random, number: int, at: datetime, scenario: ReviewScenario
) -> Steps:
    """Requests tolerance for a random deferred-materials case, then runs the scenario.

    Does nothing if there is no such case.
    """
    if not (cases := _deferred(container)):
        return
    case = container.repository.get(Case, random.choice(cases))
    item = container.repository.get(CatalogueItem, item_id(case.pinned.item.code))
    run = ReviewRun(container, random, number, at, item)
    link = g.CaseLink(id=case.id, version=case.version)
    run.request(scenario.ground(local_date(at), link), link)
    yield run.later(6)
    run.act(c.CheckFacts(check=_check(scenario)), "reviewer-01")
    yield run.later(8)
    yield from scenario.steps(run)


def _deferred(container: Container) -> list[UUID]:
    """The committed cases of deferred materials, oldest first."""
    t = case_summaries.c
    committed = select(t.case_id).where(t.kind == CommitmentType.DEFERRED_MATERIALS, t.code != "")
    with container.engine.connect() as db:
        return [*db.scalars(committed.order_by(t.opened_at, t.case_id))]


def _check(scenario: ReviewScenario) -> f.Check:
    met = f.Finding(met=True, found="与材料一致")
    diligent = f.Finding(met=scenario.diligent, found="查阅台账，询问有关人员")
    return f.Check(
        conditions=f.Findings(
            reform_direction=met, not_prohibited=met, lawful_procedure=met, diligent=diligent
        ),
        facts_confirmed=scenario.facts,
        found="申请所述事实属实" if scenario.facts else "所述情况没有证据证明",
        evidence=(paper("核查记录"),),
    )


def _evidence(statement: str) -> g.Evidence:
    return g.Evidence(shows=statement, digest=paper(statement))


# outcomes ---------------------------------------------------------------------------------------


def exempted(run: ReviewRun) -> Steps:
    run.act(c.Exempt(decision=run.decision("符合容错的情形和四项条件，予以免责")))
    yield run.later(2)
    run.notify()


def mitigated(run: ReviewRun) -> Steps:
    run.act(c.Mitigate(decision=run.decision("符合容错的情形，尽责不够充分", DISCIPLINE)))
    yield run.later(2)
    run.notify()


def reconsidered(run: ReviewRun) -> Steps:
    """Refused although all four conditions are met, then mitigated by a reconsideration."""
    sign_off = f.SignOff(person="secretary-00", reason="同意", digest=paper("上级签批"))
    refusal = run.decision("影响面较大，不予免责")
    run.act(c.RefuseExemption(decision=refusal, sign_off=sign_off))
    yield run.later(1)
    run.notify()
    yield run.later(6)
    run.act(c.Reconsider(reason="影响已经消除"))
    yield run.later(10)
    milder = run.decision("影响已经消除，从轻处理", title="容错复")
    run.act(c.ChangeDecision(to="mitigated", decision=milder, served_on=milder.issued_on))


def appealed(run: ReviewRun) -> Steps:
    """Refused because the facts were not confirmed, and upheld on appeal."""
    run.act(c.RefuseExemption(decision=run.decision("事实没有得到确认", DISCIPLINE)))
    yield run.later(1)
    run.notify()
    yield run.later(9)
    run.act(c.FileAppeal(reason="请求重新核实"))
    yield run.later(15)
    ruling = run.decision("原决定认定事实清楚，予以维持", CITY, "容错申")
    run.act(c.KeepDecision(decision=ruling, served_on=ruling.issued_on))


def withdrawn(run: ReviewRun) -> Steps:
    run.withdraw("已通过其他方式解决，撤回申请")
    yield from ()


# grounds ----------------------------------------------------------------------------------------


def _breakthrough(today: date, _: g.CaseLink) -> g.Ground:
    return g.ReformBreakthrough(
        ground=g.GroundKind.REFORM_BREAKTHROUGH,
        rule_broken="先核查后受理的内部规定",
        public_motive=_evidence("企业座谈会记录"),
        effect="两户企业的现场核查晚于发证",
        effect_on=today - timedelta(days=30),
        correction="补做现场核查，修订内部规定",
        corrected_on=today - timedelta(days=9),
    )


def _error(_: date, link: g.CaseLink) -> g.Ground:
    error = "受理时漏记一份次要材料的补交要求"
    return g.DeferredHandlingError(
        ground=g.GroundKind.DEFERRED_HANDLING_ERROR, error=error, cases=(link,)
    )


def _novelty(_: date, __: g.CaseLink) -> g.Ground:
    return g.NovelMethod(
        ground=g.GroundKind.NOVEL_METHOD,
        novelty="以远程视频代替现场核查",
        gap=g.Gap.NO_PRECEDENT,
        deviation="两处场所面积核定有误",
        loss=Decimal("1860.00"),
    )


def _accused(_: date, __: g.CaseLink) -> g.Ground:
    return g.AccidentOrFalseAccusation(
        ground=g.GroundKind.ACCIDENT_OR_FALSE_ACCUSATION,
        kind=g.Mishap.FALSE_ACCUSATION,
        consequence="被举报额外索要材料",
        harm=g.Harm.MINOR,
    )


def _law(today: date, _: g.CaseLink) -> g.Ground:
    as_of = today - timedelta(days=60)
    return g.LawAtTheTime(
        ground=g.GroundKind.LAW_AT_THE_TIME,
        citation=PRINTED.cited("方案·承诺类型", as_of),
        as_of=as_of,
        text="部分申报材料不齐全但书面承诺在规定期限内提供的，先行受理",
        provides=g.Outcome.EXEMPTED,
    )


REVIEW_SCENARIOS = (
    ReviewScenario(_breakthrough, exempted),
    ReviewScenario(_error, reconsidered),
    ReviewScenario(_novelty, mitigated, diligent=False),
    ReviewScenario(_accused, appealed, facts=False),
    ReviewScenario(_law, withdrawn),
    ReviewScenario(_error, exempted),
    ReviewScenario(_law, exempted),
)
