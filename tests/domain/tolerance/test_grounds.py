"""The grounds of tolerance: each is accepted with its facts and refused without any of them."""

from datetime import date
from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from application.tolerance.commands import RequestTolerance
from domain.tolerance import events as e
from domain.tolerance import grounds as g
from tests import reviews as r
from tests.given import DAY_1, fact
from tests.reviews import ASKED, GROUNDS, LEAD, given_review

read = TypeAdapter(g.Ground).validate_python
BY_NAME = pytest.mark.parametrize("ground", GROUNDS, ids=lambda ground: ground.ground)
FACTS = [(ground, name) for ground in GROUNDS for name in type(ground).model_fields]
EACH_FACT = pytest.mark.parametrize(
    ("ground", "name"), FACTS, ids=[f"{ground.ground}: {name}" for ground, name in FACTS]
)


def asking(**otherwise):
    return given_review().when("request", by=LEAD, **ASKED | otherwise)


def at_fault(error: ValidationError) -> set[str]:
    """The last part of the location of every error."""
    return {str(each["loc"][-1]) for each in error.errors() if each["loc"]}


def test_there_are_the_five_grounds_of_the_plan_and_no_other():
    assert [ground.ground for ground in GROUNDS] == list(g.GroundKind)
    with pytest.raises(ValidationError, match="ground"):
        read(r.ERROR.model_dump() | {"ground": "good_intentions"})


@BY_NAME
def test_a_ground_is_accepted_with_its_facts(ground):
    step = asking(ground=ground)
    step.then(fact(e.ToleranceRequested, **ASKED | {"ground": ground}))
    assert step.it.requested.ground == ground


@EACH_FACT
def test_a_ground_is_refused_without_any_one_of_its_facts(ground, name):
    facts = {key: value for key, value in ground.model_dump().items() if key != name}
    with pytest.raises(ValidationError) as refusal:
        read(facts)
    if name != "ground":
        assert at_fault(refusal.value) == {name}


@EACH_FACT
def test_no_fact_of_a_ground_may_be_empty(ground, name):
    for nothing in ("", "  ", None, ()):
        with pytest.raises(ValidationError):
            read(ground.model_dump() | {name: nothing})


@BY_NAME
def test_a_ground_accepts_no_fact_of_another_ground(ground):
    for other in GROUNDS:
        for name in set(type(other).model_fields) - set(type(ground).model_fields):
            with pytest.raises(ValidationError) as refusal:
                read(ground.model_dump() | {name: getattr(other, name)})
            assert at_fault(refusal.value) == {name}


# what can be judged of it alone -----------------------------------------------------------------


@pytest.mark.parametrize(("harm", "accepted"), [("minor", True), ("general", True)])
def test_an_accident_is_tolerated_below_severe(harm, accepted):
    assert read(r.ACCUSED.model_dump() | {"harm": harm}).harm == harm


def test_severe_harm_is_never_tolerated():
    with pytest.raises(ValidationError, match="造成严重损失或者恶劣社会影响的，不能以此申请容错"):
        read(r.ACCUSED.model_dump() | {"harm": "severe"})


@pytest.mark.parametrize("loss", ["0", "0.01", "1200.50", "9999999999999.99"])
def test_a_loss_is_in_yuan_and_may_be_nought(loss):
    assert read(r.NOVELTY.model_dump() | {"loss": loss}).loss == Decimal(loss)


@pytest.mark.parametrize("loss", ["-0.01", "0.001", "NaN", "Infinity", "10000000000000", "some"])
def test_a_loss_is_an_amount_of_money(loss):
    with pytest.raises(ValidationError) as refusal:
        read(r.NOVELTY.model_dump() | {"loss": loss})
    assert at_fault(refusal.value) == {"loss"}


def test_the_law_at_the_time_provides_exemption_or_a_milder_measure():
    with pytest.raises(ValidationError, match="provides"):
        read(r.LAW_THEN.model_dump() | {"provides": "not_exempted"})


def test_an_error_in_deferred_handling_names_a_case():
    with pytest.raises(ValidationError, match="cases"):
        read(r.ERROR.model_dump() | {"cases": ()})


# what can only be judged on the day, or beside the cases ----------------------------------------

TODAY = DAY_1.date()


@pytest.mark.parametrize(
    ("effect_on", "corrected_on"),
    [(date(2026, 7, 1), date(2026, 7, 1)), (date(2026, 7, 1), TODAY), (TODAY, TODAY)],
)
def test_a_breakthrough_is_tolerated_if_it_was_put_right_after_its_effect(effect_on, corrected_on):
    days = {"effect_on": effect_on, "corrected_on": corrected_on}
    ground = r.BREAKTHROUGH.model_copy(update=days)
    asking(ground=ground).then(fact(e.ToleranceRequested, **ASKED | {"ground": ground}))


@pytest.mark.parametrize(
    ("effect_on", "corrected_on", "reason"),
    [
        (date(2026, 7, 2), date(2026, 7, 1), "补正日期不能早于不良影响发生之日"),
        (date(2026, 7, 1), date(2026, 9, 29), "补正日期不能晚于今天"),
        (date(2026, 9, 29), date(2026, 9, 29), "不良影响发生日期不能晚于今天"),
        (date(2020, 12, 27), TODAY, "不良影响发生日期不能早于工作方案印发之日（2020年12月28日）"),
    ],
    ids=["before the effect", "in the future", "both in the future", "before the plan"],
)
def test_a_breakthrough_that_is_not_put_right_is_not_tolerated(effect_on, corrected_on, reason):
    days = {"effect_on": effect_on, "corrected_on": corrected_on}
    ground = r.BREAKTHROUGH.model_copy(update=days)
    asking(ground=ground).refused(f"{reason}（工作方案 五·一）")


@pytest.mark.parametrize("as_of", [TODAY, date(2020, 12, 28)])
def test_the_law_at_the_time_is_of_a_day_since_the_plan(as_of):
    assert asking(ground=r.LAW_THEN.model_copy(update={"as_of": as_of})).refusal is None


@pytest.mark.parametrize(
    ("as_of", "reason"),
    [
        (date(2026, 9, 29), "事发日期不能晚于今天"),
        (date(2020, 12, 27), "事发日期不能早于工作方案印发之日（2020年12月28日）"),
    ],
)
def test_the_law_at_the_time_is_not_dated_before_the_plan_or_in_the_future(as_of, reason):
    ground = r.LAW_THEN.model_copy(update={"as_of": as_of})
    asking(ground=ground).refused(f"{reason}（工作方案 五·五）")


@pytest.mark.parametrize(
    "cases", [(r.IN_FULL,), ()], ids=["of the other type", "looked up as none"]
)
def test_only_deferred_materials_cases_have_errors_of_deferred_handling(cases):
    links = tuple(g.CaseLink(id=case.id, version=case.version) for case in (r.IN_FULL,))
    ground = r.ERROR.model_copy(update={"cases": links})
    asking(ground=ground, cases=cases).refused("这一情形只适用于容缺受理型案件（工作方案 五·二）")


def test_other_cases_may_be_linked_beside_those_of_the_ground():
    assert asking(cases=(r.LINKED, r.IN_FULL)).refusal is None
    assert asking(ground=r.NOVELTY, cases=(r.IN_FULL,)).refusal is None


@pytest.mark.parametrize(
    "twice",
    [{"cases": (r.LINKED, r.LINKED)}, {"matters": ASKED["matters"] * 2}],
    ids=["a case", "an item"],
)
def test_no_case_or_item_is_linked_twice(twice):
    asking(**twice).refused("同一案件或者事项只能关联一次")


# what every request says ------------------------------------------------------------------------

BODY = {name: value for name, value in ASKED.items() if name not in ("cases", "matters")}


def test_a_request_without_further_links_still_links_the_cases_of_its_ground():
    command = RequestTolerance(**BODY)
    assert command.links == r.ERROR.cases
    assert RequestTolerance(**BODY | {"ground": r.NOVELTY}).links == ()


@pytest.mark.parametrize("name", BODY)
def test_a_request_is_refused_without_any_one_of_its_facts(name):
    with pytest.raises(ValidationError) as refusal:
        RequestTolerance(**{key: value for key, value in BODY.items() if key != name})
    assert at_fault(refusal.value) == {name}


@pytest.mark.parametrize("condition", r.FOUR)
@pytest.mark.parametrize("part", ["shows", "digest", None])
def test_each_of_the_four_conditions_needs_its_evidence(condition, part):
    conditions = ASKED["conditions"].model_dump()
    if part:
        del conditions[condition][part]
    else:
        del conditions[condition]
    with pytest.raises(ValidationError) as refusal:
        RequestTolerance(**BODY | {"conditions": conditions})
    assert at_fault(refusal.value) == {part or condition}


@pytest.mark.parametrize("part", ["person", "department", "superior"])
def test_an_officer_is_known_by_id_department_and_direct_superior(part):
    officer = {key: value for key, value in r.OFFICER.model_dump().items() if key != part}
    with pytest.raises(ValidationError) as refusal:
        RequestTolerance(**BODY | {"concerned": officer})
    assert at_fault(refusal.value) == {part}


@pytest.mark.parametrize("more", ["name", "id_number", "phone"])
def test_a_request_accepts_no_other_personal_data(more):
    with pytest.raises(ValidationError) as refusal:
        RequestTolerance(**BODY | {"concerned": r.OFFICER.model_dump() | {more: "x"}})
    assert at_fault(refusal.value) == {more}


def test_a_request_names_the_superior_departments():
    with pytest.raises(ValidationError, match="superiors"):
        RequestTolerance(**BODY | {"superiors": ()})
