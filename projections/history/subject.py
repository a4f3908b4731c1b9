"""Whom and what a stream is about, for the head of its page; a natural person is never named."""

from typing import NamedTuple

from domain.case import events as case_events
from domain.case.case import Case
from domain.catalogue.item import CatalogueItem
from domain.kernel.lifecycle import Staged
from domain.tolerance.review import ToleranceReview
from domain.values.parties import Organisation

PERSON = "自然人"


class StreamSubject(NamedTuple):
    """Whose it is, what it is about, and what else tells it from others: pairs of term and text."""

    whose: str
    about: str
    facts: list[tuple[str, str]]
    more: list[tuple[str, str]]
    """Offices and codes, which are seldom looked for."""

    @property
    def title(self) -> str:
        return " · ".join(each for each in (self.whose, self.about) if each)


def subject_of(aggregate: Staged) -> StreamSubject:
    """Returns the subject of an aggregate as it stands."""
    match aggregate:
        case Case():
            return _of_case(aggregate)
        case CatalogueItem(item=item, listing=listing):
            office = item.department.name
            facts = [("目前", listing.label), ("事项编码", item.code)]
            return StreamSubject("", item.name, facts, [("单位", office)])
        case ToleranceReview(requested=request, stage=stage):
            facts = [("目前", stage.label)]
            more = [("申请单位", aggregate.department.name)]
            return StreamSubject(request.concerned.department.name, "容错审查", facts, more)
        case _:
            return StreamSubject("", "", [], [])


def _of_case(case: Case) -> StreamSubject:
    item, applicant = case.pinned.item, case.applicant
    made = case.last(case_events.CommitmentMade)
    facts = [("目前", case.stage.label), ("类型", case.kind.label)]
    facts += [("承诺编码", made.code)] if made else []
    whose, more = PERSON, [("受理单位", item.department.name), ("监管单位", item.supervisor.name)]
    if isinstance(applicant, Organisation):
        whose = applicant.name
        more.append(("统一社会信用代码", applicant.code))
    return StreamSubject(whose, item.name, facts, more)
