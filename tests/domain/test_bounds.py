"""Every date that a person types has a first and a last day, each with a Chinese reason."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, get_args

import pytest
from hypothesis import example, settings
from hypothesis import given as for_all
from hypothesis import strategies as st
from pydantic import BaseModel

from application.case import service as casework
from application.case.commands import promise
from application.catalogue import commands as catalogue
from application.execution.command import Command, Verb
from application.law import commands as law
from application.tolerance import commands as tolerance
from domain.case import bounds as case_bounds
from domain.case import values as f
from domain.kernel.dates import TypedDate
from domain.kernel.lifecycle import reason
from domain.tolerance import bounds as review_bounds
from domain.values.workdays import FIRST_YEAR, LAST_YEAR, Day, local_date
from domain.wording import bounds as article_bounds
from tests import reviews as r
from tests import stories as s
from tests.domain.test_lifecycle import EVENTS, LIFECYCLES
from tests.given import CHAIR, CLERK, DECIDER, INSPECTOR, Fact, after, given, on

ROWS: tuple[TypedDate, ...] = (
    *case_bounds.BOUNDS,
    *review_bounds.BOUNDS,
    *article_bounds.BOUNDS,
)
VERBS: tuple[Verb, ...] = (
    promise.OPEN,
    *casework.VERBS,
    catalogue.LIST,
    *catalogue.VERBS,
    tolerance.REQUEST,
    *tolerance.VERBS,
    law.ENTER,
    *law.VERBS,
)
COMMANDS = [command for verb in VERBS for command in verb.outcomes]
TYPED = get_args(Day)[1:]


def dates_in(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, bool]]:
    """The dotted path of every date in a model and its parts; True if it has the type Day."""
    for name, field in model.model_fields.items():
        declared = field.annotation, tuple(field.metadata)
        yield from _dates_of(*declared, f"{path}.{name}".lstrip("."))


def _dates_of(kind: Any, marks: tuple[Any, ...], path: str) -> Iterator[tuple[str, bool]]:
    if kind is date:
        yield path, set(TYPED) <= set(marks)
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from dates_in(kind, path)
    elif hasattr(kind, "__metadata__"):
        inner, *more = get_args(kind)
        yield from _dates_of(inner, (*marks, *more), path)
    else:
        for part in get_args(kind):
            yield from _dates_of(part, (), path)


BIRTHS = {"OpenCase.applicant.born", "OpenCase.guardian.born"}
"""Days of birth stand in no event, so no row bounds them: 1890 and today do (documents.py)."""


def typed_dates() -> set[tuple[type, str]]:
    return {(event, path) for event in EVENTS for path, is_day in dates_in(event) if is_day}


def without_a_row(commands: list[type[Command]], rows: tuple[TypedDate, ...]) -> set[str]:
    """The dates of commands that no row bounds in an event which the command may record."""
    missing = set()
    for command in commands:
        steps = [step for table in LIFECYCLES for step in table.steps]
        records = {step.records for step in steps if step.action == command.VERB}
        bounded = [row.path for row in rows if records & set(row.events)]
        for path, is_day in dates_in(command):
            ends = any(row == path or row.endswith(f".{path}") for row in bounded)
            missing |= set() if is_day and ends else {f"{command.__name__}.{path}"}
    return missing


# nothing is forgotten ---------------------------------------------------------------------------


def test_every_typed_date_of_every_event_has_two_bounds():
    rows = [(event, row.path) for row in ROWS for event in row.events]
    assert len(rows) == len(set(rows))
    assert set(rows) == typed_dates()
    assert all(row.not_before and row.not_after and row.source for row in ROWS)


def test_every_date_of_every_command_is_typed_as_a_day_and_has_a_row():
    assert len(COMMANDS) == len(set(COMMANDS)) > 35
    assert sum(len(list(dates_in(command))) for command in COMMANDS) >= 17
    assert without_a_row(COMMANDS, ROWS) == BIRTHS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.path)
def test_a_date_whose_row_is_forgotten_would_be_seen(row):
    rows = tuple(other for other in ROWS if other is not row)
    assert without_a_row(COMMANDS, rows) > BIRTHS


def test_a_command_with_a_plain_date_would_be_seen():
    class PartlyDated(BaseModel):
        held_on: date | None = None

    class HoldHearing(Command, verb="hear", label="听证", help="记录听证"):
        parts: tuple[PartlyDated, ...]
        on: Day

    assert without_a_row([HoldHearing], ROWS) == {"HoldHearing.parts.held_on", "HoldHearing.on"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.path)
def test_every_bound_says_in_chinese_which_day_and_by_which_source(row):
    for rule in row.rules:
        assert row.called in reason(rule)
        assert reason(rule).endswith(f"（{row.source}）")
        assert any(words in reason(rule) for words in ("不能早于", "不能晚于"))


# random days around each bound ------------------------------------------------------------------


class Trial(NamedTuple):
    """A date, a story in which it is typed, the verb, and its first and last day."""

    story: tuple[Fact, ...]
    attempt: Any
    by: Any
    at: datetime
    first: date
    last: date

    def accepts(self, day: date) -> bool:
        verb, *args = self.attempt(day)
        of = {"of": r.ToleranceReview} if self.by in (r.LEAD, r.RECORDER) else {}
        refusal = given(*self.story, **of).when(verb, *args, by=self.by, at=self.at).refusal
        assert refusal is None or "日期不能" in str(refusal)
        return refusal is None


def _committed(day: date) -> tuple[Any, ...]:
    at = datetime.combine(day, s.DAY_1.timetz())
    return "commit", s.letter(s.NOTIFIED, at), s.code(at)


def _by_an_agent(valid_until: date) -> tuple[Any, ...]:
    scope = (f.AgentAct.PROMISE,)
    agency = f.Agency(digest=s.digest("power"), scope=scope, valid_until=valid_until)
    return "commit", s.letter(s.NOTIFIED, mark="authorised_signature", agency=agency), s.code()


def _penalized(**days: date) -> tuple[Any, ...]:
    basis = s.BASIS.model_copy(update=days)
    return "penalize", (s.KEY_REVIEW,), f.Severity.GENERAL, basis, s.BROKEN


def _penalized_by_a_court(day: date) -> tuple[Any, ...]:
    court = {"kind": f.BasisKind.JUDGMENT, "issuer": f.Issuer(name="义马市人民法院")}
    return _penalized(issued_on=day, breach_quoted="该公司没有履行承诺", **court)


def _spared(**days: date) -> tuple[Any, ...]:
    proof = s.EVIDENCE.model_copy(update=days)
    return "spare", f.SparedReason.NO_FAULT, "系统故障", s.BROKEN, proof


NOTICED, FOUND = on("2026-10-09"), local_date(s.INSPECTION_DAY)
JUDGED, VERDICT = local_date(s.VERDICT_DAY), s.VERDICT_DAY
START = local_date(s.DAY_1)
CORRECTED_AT = on("2026-11-12")
ENDS_OF_DAYS = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
TRIALS = {
    "letter.signature.signed_on": Trial(
        s.NOTIFIED, _committed, CLERK, NOTICED, START, local_date(NOTICED)
    ),
    "letter.agency.valid_until": Trial(
        s.NOTIFIED, _by_an_agent, CLERK, s.DAY_1, START, date(2036, 9, 28)
    ),
    "done_on": Trial(
        s.RECTIFYING,
        lambda day: ("accept_rectification", "任命文件", day),
        INSPECTOR,
        CORRECTED_AT,
        FOUND,
        local_date(CORRECTED_AT),
    ),
    "done_on, after the period": Trial(
        s.RECTIFYING,
        lambda day: ("accept_rectification", "任命文件", day),
        INSPECTOR,
        on("2026-11-20"),
        FOUND,
        date(2026, 11, 13),
    ),
    "basis.issued_on": Trial(
        s.HEARD, lambda day: _penalized(issued_on=day), DECIDER, VERDICT, FOUND, JUDGED
    ),
    "basis.issued_on, by a court": Trial(
        s.HEARD, _penalized_by_a_court, DECIDER, VERDICT, START, JUDGED
    ),
    "basis.served_on": Trial(
        s.HEARD,
        lambda day: _penalized(issued_on=date(2026, 11, 20), served_on=day),
        DECIDER,
        VERDICT,
        date(2026, 11, 20),
        JUDGED,
    ),
    "proof.corrected_on": Trial(
        s.HEARD, lambda day: _spared(corrected_on=day), DECIDER, VERDICT, FOUND, JUDGED
    ),
    "proof.ended_on": Trial(
        s.HEARD, lambda day: _spared(ended_on=day), DECIDER, VERDICT, START, FOUND
    ),
    "decision.issued_on": Trial(
        r.CHECKED,
        lambda day: ("exempt", r.decision(issued_on=day)),
        r.RECORDER,
        r.DECISION_DAY,
        local_date(r.CHECK_DAY),
        local_date(r.DECISION_DAY),
    ),
    "served_on": Trial(
        r.NOT_EXEMPTED,
        lambda day: ("notify", "zhao", day),
        r.RECORDER,
        r.NOTICE_DAY,
        date(2026, 10, 19),
        local_date(r.NOTICE_DAY),
    ),
    "ruling.decision.issued_on": Trial(
        r.RECONSIDERING,
        lambda day: ("settle", r.ruling(issued_on=day, served_on=local_date(r.RULING_DAY))),
        r.RECORDER,
        r.RULING_DAY,
        local_date(r.CONTEST_DAY),
        local_date(r.RULING_DAY),
    ),
    "ruling.served_on": Trial(
        r.RECONSIDERING,
        lambda day: ("settle", r.ruling(served_on=day)),
        r.RECORDER,
        r.RULING_DAY,
        date(2026, 11, 16),
        local_date(r.RULING_DAY),
    ),
}


@pytest.mark.parametrize("trial", TRIALS.values(), ids=TRIALS)
def test_a_date_is_accepted_exactly_from_its_first_to_its_last_day(trial):
    accepted_exactly(trial)


def accepted_exactly(trial: Trial) -> None:
    """Tries random days around both bounds, the days beside each, and the ends of all days."""
    assert not any(map(trial.accepts, ENDS_OF_DAYS))

    @settings(max_examples=60, deadline=None, derandomize=True)
    @for_all(st.integers(-1000, 1000), st.sampled_from([trial.first, trial.last]))
    @example(0, trial.first)
    @example(-1, trial.first)
    @example(0, trial.last)
    @example(1, trial.last)
    @example(-365, trial.first)
    def law(distance: int, bound: date) -> None:
        day = bound + timedelta(days=distance)
        assert trial.accepts(day) == (trial.first <= day <= trial.last)

    law()


def test_a_decision_of_any_day_is_refused_before_the_check():
    for day in ENDS_OF_DAYS:
        said, when = r.decision(issued_on=day), {"by": r.RECORDER, "at": r.DECISION_DAY}
        assert given(*r.REQUESTED, of=r.ToleranceReview).when("exempt", said, **when).refusal


GROUNDS = {
    "ground.effect_on": (r.BREAKTHROUGH, date(2020, 12, 28), date(2026, 7, 20)),
    "ground.corrected_on": (r.BREAKTHROUGH, date(2026, 7, 1), START),
    "ground.as_of": (r.LAW_THEN, date(2020, 12, 28), START),
}


@pytest.mark.parametrize("name", GROUNDS)
@settings(max_examples=60, deadline=None, derandomize=True)
@for_all(distance=st.integers(-1, 1) | st.integers(-2500, 2500), late=st.booleans())
def test_a_date_of_a_ground_is_accepted_exactly_from_its_first_to_its_last_day(
    name, distance, late
):
    ground, first, last = GROUNDS[name]
    day = (last if late else first) + timedelta(days=distance)
    asked = r.ASKED | {"ground": ground.model_copy(update={name.removeprefix("ground."): day})}
    refusal = given(of=r.ToleranceReview).when("request", by=r.LEAD, **asked).refusal
    assert (refusal is None) == (first <= day <= last)


def test_every_row_is_tried_with_random_days():
    tried = {name.partition(",")[0] for name in (*TRIALS, *GROUNDS)}
    elsewhere = {"in_force_from"}  # tests/domain/wording/test_entry.py: its ends, day by day
    elsewhere |= {"scans.valid_until", "checked_on"}  # test_opening.py, test_checking.py
    # tests/domain/test_accepting.py, tests/domain/test_delivering.py
    elsewhere |= {"received_on", "document.valid_from", "document.valid_until", "delivered_on"}
    assert {row.path for row in ROWS} == tried | elsewhere


# the document of a sanction --------------------------------------------------------------

TOO_OLD = (
    "法律文书作出日期不能早于首次发现违诺之日，裁判文书、仲裁裁决书不能早于签署承诺之日"
    "（国办发〔2020〕49号）"
)


@pytest.mark.parametrize("issued_on", ["2025-11-25", "2016-02-29", "0001-01-01", "2026-10-29"])
def test_a_document_about_a_breach_is_not_older_than_its_finding(issued_on):
    basis = s.BASIS.model_copy(update={"issued_on": date.fromisoformat(issued_on)})
    given(*s.HEARD).when(
        "penalize", (s.KEY_REVIEW,), f.Severity.GENERAL, basis, s.BROKEN, by=DECIDER, at=VERDICT
    ).refused(TOO_OLD)


def test_a_document_may_be_older_than_the_second_finding_but_not_than_the_first():
    kind, day = f.BreachKind.NON_PERFORMANCE, on("2026-11-12")
    again = after(s.RECTIFYING, "find_breach", kind, "又一处", by=INSPECTOR, at=day)
    ordered = after(again, "order_rectification", ("第二处",), by=INSPECTOR, at=day)
    refused = after(
        ordered, "refuse_rectification", s.SIGNED_REFUSAL, by=INSPECTOR, at=s.SANCTION_DAY
    )
    told = after(refused, "forewarn", (s.KEY_REVIEW,), "拒绝", by=INSPECTOR, at=s.SANCTION_DAY)
    waived = after(told, "waive_hearing", s.digest("waiver"), by=CHAIR, at=s.SANCTION_DAY)
    for issued_on, reason_shown in ((date(2026, 11, 2), None), (date(2026, 10, 29), TOO_OLD)):
        basis = s.BASIS.model_copy(update={"issued_on": issued_on})
        attempt = given(*waived).when(
            "penalize", (s.KEY_REVIEW,), f.Severity.GENERAL, basis, s.BROKEN, by=DECIDER, at=VERDICT
        )
        assert (attempt.refusal is None) == (reason_shown is None)
