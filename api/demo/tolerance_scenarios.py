"""The demonstration's tolerance reviews (容错免责): one on each ground, to different ends.

Each is told like a case (`case_scenarios.py`), about cases that the demonstration has by then.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from api.demo.case_scenarios import Story, Tale, digest
from application.access.permissions import Role
from application.execution.context import CommandContext
from application.tolerance import commands as c
from domain.case.case import Case
from domain.catalogue.item import CatalogueItem, item_id
from domain.catalogue.terms import CommitmentType
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
KINDS = {
    ORGANISATION.code: f.AuthorityKind.APPOINTING,
    DISCIPLINE.code: f.AuthorityKind.DISCIPLINE,
    CITY.code: f.AuthorityKind.NEXT_HIGHER,
}


class Plea(Tale):
    """One review while it is being told; its item is of the department that asks."""

    def ask(self, ground: g.Ground, link: g.CaseLink) -> None:
        office = self.item.item.department
        command = c.RequestTolerance(
            concerned=f.Officer(person="decision-01", department=office, superior="lead-00"),
            superiors=(CITY,),
            plan_followed=_shown("工作方案办理台账"),
            ground=ground,
            conditions=f.Conditions(
                reform_direction=_shown("符合全市信用承诺改革的方向"),
                not_prohibited=_shown("没有违反法律、法规的禁止性规定"),
                lawful_procedure=_shown("经局长办公会研究决定"),
                diligent=_shown("没有发现谋取私利"),
            ),
            cases=() if isinstance(ground, g.DeferredHandlingError) else (link,),
            matters=(f.ItemLink(code=self.item.item.code, version=self.item.terms_version),),
        )
        self.review = self.container.tolerance.request(self._as_lead(), command).aggregate

    def go_on(self, command: c.ReviewCommand, person: str = "reviewer-02") -> None:
        by = Actor(person=person, role=Role.TOLERANCE_REVIEWER, department=COMMISSION)
        act = self.container.tolerance.act
        self.review = act(CommandContext(by, self.at), self.review.id, command).aggregate

    def notify(self) -> None:
        self.go_on(c.NotifyDecision(recipient="decision-01", served_on=local_date(self.at)))

    def withdraw(self, reason: str) -> None:
        command = c.WithdrawRequest(reason=reason)
        act = self.container.tolerance.act
        self.review = act(self._as_lead(), self.review.id, command).aggregate

    def decision(self, reasons: str, authority: Department = ORGANISATION) -> f.Decision:
        """The document of that day."""
        return f.Decision(
            authority=authority,
            kind=KINDS[authority.code],
            number=self.document("容错"),
            issued_on=local_date(self.at),
            digest=digest(reasons),
            deciders=("secretary-01", "secretary-02"),
            reasons=reasons,
        )

    def _as_lead(self) -> CommandContext:
        office = self.item.item.department
        by = Actor(person="lead-01", role=Role.DEPARTMENT_LEAD, department=office)
        return CommandContext(by, self.at)


class Plot(NamedTuple):
    """On which ground tolerance is asked, what the check finds, and what then happens."""

    ground: Callable[[date, g.CaseLink], g.Ground]
    story: Callable[[Plea], Story]
    facts: bool = True
    diligent: bool = True


def plead(container: Container, dice: Random, number: int, at: datetime, plot: Plot) -> Story:
    """Ask about a case of deferred materials, check, decide; nothing where there is none yet."""
    if not (cases := _deferred(container)):
        return
    case = container.repository.get(Case, dice.choice(cases))
    item = container.repository.get(CatalogueItem, item_id(case.pinned.item.code))
    plea, link = (
        Plea(container, dice, number, at, item),
        g.CaseLink(id=case.id, version=case.version),
    )
    plea.ask(plot.ground(local_date(at), link), link)
    yield plea.later(6)
    plea.go_on(c.CheckFacts(check=_found(plot)), "reviewer-01")
    yield plea.later(8)
    yield from plot.story(plea)


def _deferred(container: Container) -> list[UUID]:
    t = case_summaries.c
    promised = select(t.case_id).where(t.kind == CommitmentType.DEFERRED_MATERIALS, t.code != "")
    with container.engine.connect() as db:
        return [*db.scalars(promised.order_by(t.opened_at, t.case_id))]


def _found(plot: Plot) -> f.Check:
    met = f.Finding(met=True, found="与材料一致")
    diligent = f.Finding(met=plot.diligent, found="查阅台账，询问有关人员")
    return f.Check(
        conditions=f.Findings(
            reform_direction=met, not_prohibited=met, lawful_procedure=met, diligent=diligent
        ),
        facts_confirmed=plot.facts,
        found="申请所述事实属实" if plot.facts else "所述情况没有证据证明",
        evidence=(digest("check"),),
    )


def _shown(statement: str) -> g.Evidence:
    return g.Evidence(shows=statement, digest=digest(statement))


# how they end -----------------------------------------------------------------------------------


def exempted(plea: Plea) -> Story:
    plea.go_on(c.Exempt(decision=plea.decision("符合容错的情形和四项条件，予以免责")))
    yield plea.later(2)
    plea.notify()


def mitigated(plea: Plea) -> Story:
    plea.go_on(c.Mitigate(decision=plea.decision("符合容错的情形，尽责不够充分", DISCIPLINE)))
    yield plea.later(2)
    plea.notify()


def reconsidered(plea: Plea) -> Story:
    """Refused although all four conditions are met, and made milder when it was looked at again."""
    sign_off = f.SignOff(person="secretary-00", reason="同意", digest=digest("sign-off"))
    refusal = plea.decision("影响面较大，不予免责")
    plea.go_on(c.RefuseExemption(decision=refusal, sign_off=sign_off))
    yield plea.later(1)
    plea.notify()
    yield plea.later(6)
    plea.go_on(c.Reconsider(reason="影响已经消除"))
    yield plea.later(10)
    milder = plea.decision("影响已经消除，从轻处理")
    plea.go_on(c.ChangeDecision(to="mitigated", decision=milder, served_on=milder.issued_on))


def appealed(plea: Plea) -> Story:
    """Refused because the facts were not confirmed; the appeal did not change that."""
    plea.go_on(c.RefuseExemption(decision=plea.decision("事实没有得到确认", DISCIPLINE)))
    yield plea.later(1)
    plea.notify()
    yield plea.later(9)
    plea.go_on(c.FileAppeal(reason="请求重新核实"))
    yield plea.later(15)
    kept = plea.decision("原决定认定事实清楚，予以维持", CITY)
    plea.go_on(c.KeepDecision(decision=kept, served_on=kept.issued_on))


def withdrawn(plea: Plea) -> Story:
    plea.withdraw("已通过其他方式解决，撤回申请")
    yield from ()


# on which ground --------------------------------------------------------------------------------


def _breakthrough(today: date, _: g.CaseLink) -> g.Ground:
    return g.ReformBreakthrough(
        ground=g.GroundKind.REFORM_BREAKTHROUGH,
        rule_broken="先核查后受理的内部规定",
        public_motive=_shown("企业座谈会记录"),
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
    return g.LawAtTheTime(
        ground=g.GroundKind.LAW_AT_THE_TIME,
        citation="《河南省优化营商环境条例》第三十五条",
        as_of=today - timedelta(days=60),
        text="次要材料欠缺的，可以容缺受理",
        provides=g.Outcome.EXEMPTED,
    )


PLOTS = (
    Plot(_breakthrough, exempted),
    Plot(_error, reconsidered),
    Plot(_novelty, mitigated, diligent=False),
    Plot(_accused, appealed, facts=False),
    Plot(_law, withdrawn),
    Plot(_error, exempted),
    Plot(_law, exempted),
)
