"""No case stops at a text that the service composes, and every such text is known here."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic.json_schema import models_json_schema

from application.case.commands import supervision
from application.case.commands.identity import Correct
from application.case.commands.sanction import Hear
from application.case.deadlines import overdue
from application.case.names import Renaming
from application.catalogue.commands import ReviseItem
from domain.case import events as e
from domain.case import values as f
from domain.case.case import Case
from domain.case.promise.decisions import NumberedDocument
from domain.case.stages import Stage
from domain.catalogue import composed_texts as composed
from domain.catalogue.terms import (
    MAX_MATERIALS,
    ListedItem,
    Material,
    PinnedItem,
    Replaces,
    Terms,
    Weight,
)
from domain.kernel.errors import ItemClosed
from domain.law.lawbook import PRINTED
from domain.tolerance import periods
from domain.tolerance.review import TOLERANCE
from domain.values.credit import CreditAnswer, CreditEntry
from domain.values.parties import Organisation
from domain.values.workdays import Deadline
from infrastructure.projector.projector import PROJECTIONS
from tests import stories as s
from tests.application.test_verbs import COMMANDS
from tests.domain.law.citations import days_to_read
from tests.domain.test_lifecycle import EVENTS
from tests.given import CHAIR, DECIDER, INSPECTOR, PROPOSER, after, on, told
from tests.support.repetitions import count
from tests.support.service_driver import Office

BY_THE_SERVICE = "由服务写入的文字"
LONGEST_NAME = "名" * 200
EVERY_MATERIAL = [LONGEST_NAME] * MAX_MATERIALS
FOREVER = Deadline(on=date(9999, 12, 31))
DECIDED = ("Exempted", "Mitigated", "NotExempted")
LONGEST_WORDING = max((PRINTED.rests(TOLERANCE, day) for day in days_to_read()), key=len)
LONGEST_TITLE = max((title for event in EVENTS for title in event.SHOWS.values()), key=len)
"""The titles of documents; what stands in braces is the name of a material, or another title."""

ALWAYS_FITS = {
    # a text that the service writes      its limit               the longest that it can become
    ("BreachFound", "finding"): (4000, composed.overdue(EVERY_MATERIAL)),
    ("CommitmentMade", "reason"): (composed.REASON.limit, composed.reason(LONGEST_NAME)),
    ("DecisionNotified", "remedies"): (4000, periods.remedies(FOREVER)),
    ("FileReceived", "title"): (4000, LONGEST_TITLE),
} | {(event, "wording"): (4000, LONGEST_WORDING) for event in DECIDED}
CHECKED_IN_THE_TERMS = {
    ("CommitmentMade", "content"): composed.CONTENT.limit,
    ("CommitmentMade", "liability"): composed.LIABILITY.limit,
}
COPIED = {
    # a text that the service copies      the type that checked it
    ("NoticeServed", "conditions"): Terms,
    ("NoticeServed", "standards"): Terms,
    ("NoticeServed", "consequences"): Terms,
    **{("NoticeReplaced", told): Terms for told in ("conditions", "standards", "consequences")},
    ("DeferredMaterial", "name"): Material,
    ("CreditFinding", "document"): CreditEntry,
    ("LinkedItem", "name"): ListedItem,
    ("StatementHeard", "statement"): Hear,
    ("CreditAnswer", "source"): CreditAnswer,
    ("NameChange", "former"): Organisation,
    ("NameChange", "reason"): Renaming,
    ("DecisionCorrected", "former_numbers"): NumberedDocument,
    ("IdentityCorrected", "former"): Organisation,
    ("IdentityCorrected", "name"): Correct,
}
TYPED_AS = {"BasisDocument": "FiledBasis"}
"""Models of events whose texts are typed in a command under another name."""
OF_THE_TOKEN = {("Actor", "person"), ("Actor", "role")}


# every composed text is in the table ------------------------------------------------------------


def texts(models: Any) -> Iterator[tuple[str, str, str]]:
    """Every text in the schemas: its model, its field and the description of its type."""
    _, schema = models_json_schema([(model, "validation") for model in models])
    for name, form in schema["$defs"].items():
        for field, part in form.get("properties", {}).items():
            for leaf in leaves(part):
                yield name, field, leaf.get("description", "")


def leaves(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        if part.get("type") == "string":
            yield part
        for inside in part.values():
            yield from leaves(inside)
    elif isinstance(part, list):
        for inside in part:
            yield from leaves(inside)


def test_every_text_that_the_service_composes_is_in_the_table_with_its_limit() -> None:
    recorded = {(model, field) for model, field, kind in texts(EVENTS) if kind == BY_THE_SERVICE}
    assert recorded == {*ALWAYS_FITS, *CHECKED_IN_THE_TERMS, *COPIED}


def test_every_other_text_of_an_event_is_typed_in_a_command_under_the_same_limit() -> None:
    typed = set(texts(COMMANDS))
    by_field = {(field, kind) for _, field, kind in typed}
    events = {event.__name__ for event in EVENTS}
    for model, field, kind in texts(EVENTS):
        if kind.startswith("1至") and (model, field) not in OF_THE_TOKEN:
            nested = (TYPED_AS.get(model, model), field, kind)
            known = (field, kind) in by_field if model in events else nested in typed
            assert known, f"{model}.{field} is composed by the service: give it RecordedText"


@pytest.mark.parametrize(("limit", "longest"), ALWAYS_FITS.values(), ids=map(str, ALWAYS_FITS))
def test_a_composed_text_of_no_item_is_longer_than_its_limit(limit: int, longest: str) -> None:
    assert len(longest) <= limit


# terms near the limits --------------------------------------------------------------------------


def split(draw: st.DrawFn, total: int, parts: int) -> tuple[str, ...]:
    """Texts of this many characters together, or of few more."""
    usual = total // parts
    lengths = [usual] * (parts - 1) + [total - usual * (parts - 1) + draw(st.integers(-9, 9))]
    return tuple("字" * min(4000, max(1, length)) for length in lengths)


@st.composite
def terms_near_the_limits(draw: st.DrawFn) -> dict[str, object]:
    number, conditions = draw(st.integers(1, MAX_MATERIALS - 1)), draw(st.integers(1, 40))
    length = draw(st.integers(1, min(200, 3000 // number)))
    names = [f"{each:02}" + "材" * max(0, length - 2) for each in range(number)]
    secondary = tuple(
        Material(code=f"S-{each}", name=name, weight=Weight.SECONDARY, replaced_by_promise=True)
        for each, name in enumerate(names)
    )
    longest = composed.longest_contents([""] * conditions, names, names)
    room = 4000 - max(map(len, longest))
    of_law = composed.consequences((), composed.LONGEST_DAY, of_an_approval=True)
    law = len(composed.liability(of_law))
    return dict(s.TERMS) | {
        "replaces": draw(st.sampled_from(Replaces)),
        "materials": (s.FORM, *secondary),
        "conditions": split(draw, max(1, room - 5), conditions),
        "standards": split(draw, draw(st.integers(1, 9000)), draw(st.integers(3, 40))),
        "consequences": split(draw, 4000 - law - 40, draw(st.integers(1, 40))),
    }


def lived_to_the_end(terms: Terms, name: str = LONGEST_NAME) -> s.Story:
    """A case with every secondary material deferred, to its sanction."""
    item = s.ITEM.model_copy(update={"name": name})
    pinned = PinnedItem(item=item, version=1, terms=terms)
    opened = after((), "open", s.DEFERRED, s.APPLICANT, pinned, ("M-01",))
    granted = after(s.promised(opened), "grant", s.PERMIT, by=DECIDER)
    late = overdue(told(*granted), "supply")
    assert isinstance(late, supervision.FindBreach)
    found = after(granted, "find_breach", late.kind, late.finding, at=on("2026-10-30"))
    how = {"by": INSPECTOR, "at": on("2026-10-30")}
    ordered = after(found, "order_rectification", ("补交",), **how)
    how = {"by": INSPECTOR, "at": s.SANCTION_DAY}
    failed = after(ordered, "fail_rectification", f.Shortfall.OVERDUE, "未补", **how)
    warned = after(failed, "forewarn", (s.KEY_REVIEW,), "未整改", by=PROPOSER, at=s.SANCTION_DAY)
    waived = after(warned, "waive_hearing", s.digest("w"), by=CHAIR, at=on("2026-11-18"))
    sanction = ((s.KEY_REVIEW,), f.Severity.GENERAL, s.BASIS, s.BROKEN)
    return after(waived, "penalize", *sanction, by=DECIDER, at=s.VERDICT_DAY)


def replacing_all(terms: Terms) -> e.CommitmentMade:
    """The promise that stands in for every secondary material."""
    pinned = PinnedItem(item=s.ITEM, version=1, terms=terms)
    opened = after((), "open", s.NOTICE, s.APPLICANT, pinned, ("M-01",))
    promise = told(*s.promised(opened)).last(e.CommitmentMade)
    assert promise and promise.content.count("以本承诺替代《") == len(terms.materials) - 1
    return promise


@settings(
    max_examples=count(small=150, soak=20_000),
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(terms_near_the_limits())
def test_terms_that_are_accepted_never_stop_a_case(drawn: dict[str, object]) -> None:
    try:
        terms = Terms.model_validate(drawn)
    except ValidationError as refusal:
        assert {each["loc"][0] for each in refusal.errors()} <= {"conditions", "consequences"}
        assert all("，请精简" in each["msg"] for each in refusal.errors())
        return
    story = lived_to_the_end(terms)
    case = told(*story)
    promise = case.last(e.CommitmentMade)
    assert case.stage is Stage.PENALIZED
    for (_, field), limit in CHECKED_IN_THE_TERMS.items():
        assert len(getattr(promise, field)) <= limit
    assert len(promise.reason) <= composed.REASON.limit
    assert len(case.last(e.BreachFound).finding) <= 4000
    assert len(replacing_all(terms).content) <= 4000


# cases in flight under terms that an earlier release accepted ------------------------------------

MATERIALS = (
    s.FORM,
    *(
        Material(code=f"S-{number}", name=f"{number:02}" + "材" * 198, weight=Weight.SECONDARY)
        for number in range(MAX_MATERIALS - 1)
    ),
)
OLD_TERMS = s.TERMS.model_copy(
    update={
        "conditions": ("条\ufffd" + "件" * 1998,) * 3,  # \ufffd was accepted once
        "consequences": ("果" * 3999,),
        "materials": MATERIALS,
    }
)


def test_a_case_in_flight_goes_on_under_terms_of_any_length() -> None:
    promise = told(*lived_to_the_end(OLD_TERMS)).last(e.CommitmentMade)
    assert len(promise.content) > 4000 < len(promise.liability)


def test_the_sweep_finds_sixty_overdue_materials_of_an_old_item(service, clock) -> None:
    office = Office(service)
    pinned = s.PINNED.model_copy(update={"terms": OLD_TERMS})
    opened = after((), "open", s.DEFERRED, s.APPLICANT, pinned, ("M-01",))
    id = office.remembers(after(s.promised(opened), "grant", s.PERMIT, by=DECIDER))
    clock.now = on("2026-10-12")
    service.projector.catch_up(PROJECTIONS["worklist"])
    ((found, _),) = service.sweep.run(clock.now)
    breach = service.repository.get(Case, id).last(e.BreachFound)
    assert (found, breach.kind) == (id, f.BreachKind.SUPPLEMENT_OVERDUE)
    assert breach.finding.endswith(f"等{len(MATERIALS) - 1}份材料仍未补齐")


def test_a_running_case_of_an_old_item_commits_while_new_ones_wait_for_the_revision(
    service, clock
) -> None:
    office = Office(service)
    office.lists()
    old = s.PINNED.model_copy(update={"terms": OLD_TERMS})
    opened = after((), "open", s.NOTICE, s.APPLICANT, old, tuple(m.code for m in MATERIALS))
    id = office.remembers(after(after(opened, "query", s.CLEAN), "notify"))
    assert office.promises(id).aggregate.stage is Stage.COMMITTED
    office.revises(ReviseItem.model_construct(terms=OLD_TERMS))
    with pytest.raises(ItemClosed, match="须先修订精简"):
        office.opens()
    office.revises(ReviseItem(terms=s.TERMS))
    assert office.opens().aggregate.stage is Stage.RECEIVED
