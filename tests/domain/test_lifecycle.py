"""The lifecycle tables are sound, and golden/lifecycle.txt contains every row of them.

`python -m tests.domain.test_lifecycle` rewrites the file; read the difference before committing it.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest

from domain.case import events as case_events
from domain.case.case import Case
from domain.case.lifecycle import HEARING, MAIN_LINE, SUPPLEMENT
from domain.case.stages import Hearing, Stage, Supply
from domain.catalogue import events as item_events
from domain.catalogue.item import CatalogueItem
from domain.catalogue.rules import ADMISSION
from domain.catalogue.stages import Listing
from domain.files import events as file_events
from domain.files.document import FiledDocument
from domain.files.stages import Keeping
from domain.kernel.aggregate import Created, Event
from domain.kernel.diagram import mermaid
from domain.kernel.lifecycle import Lifecycle, Step, reason
from domain.logbook import events as log_events
from domain.logbook.restoration import Restoration
from domain.logbook.stages import Outcome
from domain.tolerance import events as review_events
from domain.tolerance.lifecycle import REVIEW
from domain.tolerance.review import ToleranceReview
from domain.tolerance.stages import Stage as ReviewStage
from domain.values.labels import Labelled
from domain.wording import events as article_events
from domain.wording.entry import ArticleEntry
from domain.wording.stages import Stage as EntryStage

GOLDEN = Path(__file__).parents[1] / "golden" / "lifecycle.txt"
AGGREGATES = (Case, CatalogueItem, ToleranceReview, ArticleEntry, FiledDocument, Restoration)
LIFECYCLES = [lifecycle for aggregate in AGGREGATES for lifecycle in aggregate.LIFECYCLES]
STEPS = [step for lifecycle in LIFECYCLES for step in lifecycle.steps]
RULES = {rule for step in STEPS for rule in (*step.when, *step.given)} | set(ADMISSION)
e = case_events


def declared(*modules: object) -> list[type[Event]]:
    """Every event class that these modules define, in their order."""
    classes = [c for module in modules for c in vars(module).values() if isinstance(c, type)]
    return [c for c in classes if issubclass(c, Event) and c not in (Event, Created)]


EVENTS = declared(case_events, item_events, review_events, article_events, file_events, log_events)


def drawn(lifecycles: Iterable[Lifecycle]) -> str:
    """Every row of every table as text, with a blank line between the tables."""
    return "\n\n".join("\n".join(_rows(lifecycle)) for lifecycle in lifecycles) + "\n"


def _rows(lifecycle: Lifecycle) -> Iterable[str]:
    yield f"{lifecycle.attribute}: {' '.join(lifecycle.stages)}"
    for step in lifecycle.steps:
        sources = ", ".join(step.source) or "-"
        yield f"  {step.action}: {sources} -> {step.dest or '='}  {step.records.TOPIC}"
        yield from (f"      when  {rule.__name__}" for rule in step.when)
        yield from (f"      given {rule.__name__}" for rule in step.given)


def reached(start: Labelled, steps: Iterable[Step]) -> set[Labelled]:
    """The stages reachable from `start` by these steps."""
    steps, stages, fresh = list(steps), {start}, {start}
    while fresh:
        fresh = {s.dest for s in steps if s.dest and fresh & set(s.source)} - stages
        stages |= fresh
    return stages


def rows_to(stage: Stage) -> set[type[Event]]:
    return {step.records for step in MAIN_LINE.steps if step.dest is stage}


# every table ------------------------------------------------------------------------------------


def test_every_row_of_every_table_matches_the_golden_file():
    assert drawn(LIFECYCLES) == GOLDEN.read_text(), "python -m tests.domain.test_lifecycle"


def test_every_event_is_recorded_by_exactly_one_step():
    recorded = [step.records for step in STEPS]
    assert len(recorded) == len(set(recorded))
    assert set(recorded) == set(EVENTS)


def test_a_row_with_a_stage_of_another_table_is_refused_when_the_table_is_made():
    with pytest.raises(AssertionError, match="not a stage of stage"):
        Lifecycle("stage", Stage, {}, Step("list", (Listing.LISTED,), None, e.CaseOpened))


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda lifecycle: lifecycle.attribute)
def test_every_stage_is_reached_and_every_action_has_a_label(lifecycle):
    first = next(iter(lifecycle.stages))
    assert {first} | {step.dest for step in lifecycle.steps if step.dest} == set(lifecycle.stages)
    assert all(lifecycle.labels[step.action] for step in lifecycle.steps)
    assert all(stage.label for stage in lifecycle.stages)


@pytest.mark.parametrize("lifecycle", LIFECYCLES, ids=lambda lifecycle: lifecycle.attribute)
def test_the_table_looks_up_the_rows_that_the_machine_would_try(lifecycle):
    for stage, rows in lifecycle.table.items():
        assert list(rows) == lifecycle.machine.get_triggers(stage)
        for action, tried in rows.items():
            steps = [s for s in lifecycle.steps if s.action == action and stage in s.source]
            assert tried == steps
    assert set(lifecycle.table) == set(lifecycle.stages)


def test_every_action_label_belongs_to_a_step():
    for aggregate in AGGREGATES:
        for lifecycle in aggregate.LIFECYCLES:
            used = {step.action for table in aggregate.LIFECYCLES for step in table.steps}
            assert set(lifecycle.labels) == used


def test_every_lifecycle_begins_in_the_stage_of_its_opening_step():
    beginnings = [step for step in STEPS if not step.source]
    assert [(step.records, step.dest) for step in beginnings] == [
        (e.CaseOpened, Stage.RECEIVED),
        (item_events.ItemListed, Listing.LISTED),
        (review_events.ToleranceRequested, ReviewStage.REQUESTED),
        (article_events.ArticleEntered, EntryStage.ENTERED),
        (file_events.FileReceived, Keeping.FILED),
        (log_events.LogRestored, Outcome.RESTORED),
    ]


@pytest.mark.parametrize("rule", sorted(RULES, key=lambda rule: rule.__name__))
def test_every_rule_gives_its_reason_in_chinese(rule):
    shown = reason(rule)
    assert any("\u4e00" <= character <= "\u9fff" for character in shown)
    assert "。" not in shown, "a reason is one sentence, and the sentence goes on after it"


def test_no_two_rules_give_the_same_reason():
    assert len({reason(rule) for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_topics_are_spelled_like_their_events(event):
    stream, _, words = event.TOPIC.partition("/")
    assert "".join(word.title() for word in words.split("-")) == event.__name__
    (recorded_by,) = {a.TOPIC for a in AGGREGATES for t in a.LIFECYCLES if event in t.step_of}
    assert stream == recorded_by


def test_no_two_events_share_a_topic():
    assert len({event.TOPIC for event in EVENTS}) == len(EVENTS)


# the case ---------------------------------------------------------------------------------------


def test_every_lifecycle_has_exactly_its_known_final_stages():
    ends = {Stage.REFUSED, Stage.FULFILLED, Stage.PENALIZED, Stage.SPARED, Stage.DIVERTED}
    assert MAIN_LINE.ends() == ends
    assert SUPPLEMENT.ends() == {Supply.ACCEPTED}
    assert HEARING.ends() == {Hearing.HEARD, Hearing.WAIVED}
    assert CatalogueItem.LIFECYCLES[0].ends() == {Listing.DELISTED}
    assert REVIEW.ends() == {ReviewStage.FINAL, ReviewStage.WITHDRAWN}
    assert ArticleEntry.LIFECYCLES[0].ends() == {EntryStage.APPROVED, EntryStage.RETURNED}
    assert FiledDocument.LIFECYCLES[0].ends() == {Keeping.FILED}
    assert Restoration.LIFECYCLES[0].ends() == {Outcome.RESTORED}


@pytest.mark.parametrize("stage", Stage, ids=str)
def test_every_open_stage_leads_to_an_end(stage):
    assert reached(stage, MAIN_LINE.steps) & MAIN_LINE.ends()


@pytest.mark.parametrize("stage", ReviewStage, ids=str)
def test_every_stage_of_a_review_leads_to_an_end(stage):
    assert reached(stage, REVIEW.steps) & REVIEW.ends()


def test_nothing_is_decided_on_a_review_without_a_check_on_any_path():
    without = [step for step in REVIEW.steps if step.records is not review_events.FactsChecked]
    ways_out = {ReviewStage.REQUESTED, ReviewStage.WITHDRAWN}
    assert reached(ReviewStage.REQUESTED, without) == ways_out


def test_an_applicant_who_is_excluded_declines_or_withdraws_is_diverted_and_never_refused():
    assert rows_to(Stage.DIVERTED) == {e.CreditExcluded, e.CommitmentDeclined, e.CaseWithdrawn}
    assert rows_to(Stage.REFUSED) == {e.ApplicationRefused}


def test_no_sanction_without_an_order_to_rectify_on_any_path():
    without = [s for s in MAIN_LINE.steps if s.records is not e.RectificationOrdered]
    assert not reached(Stage.RECEIVED, without) & {
        Stage.RECTIFYING,
        Stage.UNRECTIFIED,
        Stage.PENALIZED,
        Stage.SPARED,
    }


@pytest.mark.parametrize(
    "missing", [e.CreditCleared, e.NoticeServed, e.CommitmentMade], ids=lambda c: c.__name__
)
def test_no_grant_without_a_query_a_notice_and_a_promise_on_any_path(missing):
    without = [step for step in MAIN_LINE.steps if step.records is not missing]
    assert Stage.GRANTED not in reached(Stage.RECEIVED, without)


def test_no_breach_and_no_sanction_without_a_grant_on_any_path():
    without = [step for step in MAIN_LINE.steps if step.records is not e.ApplicationGranted]
    ways_out = {Stage.REFUSED, Stage.DIVERTED}
    assert reached(Stage.RECEIVED, without) & MAIN_LINE.ends() == ways_out


# the picture ------------------------------------------------------------------------------------


def test_the_diagram_draws_every_stage_and_every_row():
    picture = mermaid(*LIFECYCLES).splitlines()
    stages = sum(len(lifecycle.stages) for lifecycle in LIFECYCLES)
    arrows = sum(len(step.source) or 1 for step in STEPS)
    assert len(picture) == 1 + stages + arrows
    assert picture[0] == "stateDiagram-v2"
    assert '    state "received 已收件" as received' in picture
    assert "    eligible --> eligible: query / CreditReconfirmed " in "\n".join(picture)
    assert (
        "    committed --> refused: decide / ApplicationRefused [nothing_awaits_review]" in picture
    )
    assert "    notified --> diverted: withdraw / CaseWithdrawn" in picture
    assert "    [*] --> listed: list / ItemListed" in picture


if __name__ == "__main__":
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(drawn(LIFECYCLES))
