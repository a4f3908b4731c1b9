"""Separation of duties compares persons, not spellings, in new events and in old ones."""

import ast
from pathlib import Path

import pytest

from domain.case import values as f
from tests import reviews as r
from tests import stories as s
from tests.given import CHAIR, DECIDER, INSPECTOR, given
from tests.reviews import SERVED_ON, SIGNED_OFF, as_, decision, given_review, ruling

RULES = [*(Path(__file__).parents[2] / "domain").rglob("*.py")]
RULES += (Path(__file__).parents[2] / "application").rglob("*.py")


def spellings(person):
    """Yields the id as earlier releases took it in: each prints like the others."""
    alike = {"a": "а", "o": "0", "i": "1", "e": "е", "h": "һ", "s": "ѕ", "z": "ｚ"}
    letter = next(each for each in person if each in alike)
    yield from (person, person.title(), person.upper(), f"{person}\u200b", f"\ufeff{person}")
    yield from (
        f"{person} ",
        person[0] + "\u00ad" + person[1:],
        person.replace(letter, alike[letter]),
    )
    yield "".join(chr(ord(each) + 0xFEE0) for each in person)


def under(actor, spelling):
    """Returns the actor under a spelling that no token gets past the door today."""
    return actor.model_copy(update={"person": spelling})


def spelt(story, person, spelling):
    """Returns the story of an earlier release, in which this person is spelt otherwise."""
    return [
        each._replace(by=under(each.by, spelling)) if each.by.person == person else each
        for each in story
    ]


def refusals(person, attempt):
    """Tries every spelling of a person against every spelling in the story; returns the reasons."""
    reasons = set()
    for stored in spellings(person):
        for typed in spellings(person):
            refusal = attempt(stored, typed).refusal
            reasons.add(str(refusal).partition("”：")[2] if refusal else "not refused")
    return reasons


NOT_BY_DECIDER = "作出决定的人员不得参与同一案件的核查和整改认定（I17）"
NOT_BY_INVESTIGATORS = "核查人员和拟定惩戒的人员不得听取陈述申辩，也不得作出惩戒决定（I17）"


@pytest.mark.parametrize(
    ("story", "attempt"),
    [
        (s.GRANTED, ("pass_inspection", "一致")),
        (s.GRANTED, ("find_breach", f.BreachKind.NON_PERFORMANCE, "不符")),
        (s.BREACHED, ("order_rectification", ("补齐",))),
        (s.UNRECTIFIED, ("forewarn", (s.KEY_REVIEW,), "未整改")),
    ],
    ids=["inspect", "breach", "rectify", "forewarn"],
)
def test_the_decider_does_not_inspect_under_any_spelling(story, attempt):
    def acts(stored, typed):
        told = spelt(story, DECIDER.person, stored)
        return given(*told).when(*attempt, by=under(INSPECTOR, typed), at=s.SANCTION_DAY)

    assert refusals(DECIDER.person, acts) == {NOT_BY_DECIDER}


def test_an_investigator_does_not_hear_the_party_under_any_spelling():
    def acts(stored, typed):
        told = spelt(s.FOREWARNED, INSPECTOR.person, stored)
        by = under(CHAIR, typed)
        return given(*told).when("hear", "正在招聘", "不采纳", by=by, at=s.SANCTION_DAY)

    assert refusals(INSPECTOR.person, acts) == {NOT_BY_INVESTIGATORS}


def test_an_investigator_does_not_judge_under_any_spelling():
    def acts(stored, typed):
        told = spelt(s.HEARD, INSPECTOR.person, stored)
        facts = ((s.KEY_REVIEW,), f.Severity.GENERAL, s.BASIS, s.BROKEN)
        by = under(DECIDER, typed)
        return given(*told).when("penalize", *facts, by=by, at=s.VERDICT_DAY)

    assert refusals(INSPECTOR.person, acts) == {NOT_BY_INVESTIGATORS}


# tolerance --------------------------------------------------------------------------------------


def with_the_officer(spelling):
    """Returns a checked review in which the officer concerned is spelt so."""
    officer = r.OFFICER.model_copy(update={"person": spelling})
    story = [*r.CHECKED]
    story[0] = story[0]._replace(said=story[0].said | {"concerned": officer})
    return story


@pytest.mark.parametrize("verb", ["exempt", "mitigate"])
def test_the_officer_concerned_neither_decides_nor_records_under_any_spelling(verb):
    def decides(stored, typed):
        document = decision().model_copy(update={"deciders": ("jiang", typed)})
        return given_review(*with_the_officer(stored)).when(verb, document, **r.DECIDES)

    def records(stored, typed):
        how = r.DECIDES | {"by": as_(typed)}
        return given_review(*with_the_officer(stored)).when(verb, decision(), **how)

    person = r.OFFICER.person
    assert refusals(person, decides) == {
        "所涉人员、他的直接上级以及提出申请、核查的人员，不得参与决定"
    }
    assert refusals(person, records) == {
        "所涉单位和人员、他的直接上级以及提出申请、核查的人员，不得记录决定"
    }


def test_the_requester_does_not_check_under_any_spelling():
    def checks(stored, typed):
        told = spelt(r.REQUESTED, r.LEAD.person, stored)
        return given_review(*told).when("check", r.check(), by=as_(typed), at=r.CHECK_DAY)

    reasons = {
        checks(stored, typed).refusal
        for stored in ("wu", "Wu", "ｗｕ")
        for typed in ("wu", "WU", "wu\u200b")
    }
    assert {str(each).partition("”：")[2] for each in reasons} == {
        "提出申请的人员、所涉人员和他的直接上级不得核查"
    }


def test_the_checker_does_not_sign_off_a_refusal_under_any_spelling():
    def refuses(stored, typed):
        told = spelt(r.CHECKED, r.CHECKER.person, stored)
        signed = SIGNED_OFF.model_copy(update={"person": typed})
        return given_review(*told).when("refuse", decision(), signed, **r.DECIDES)

    (reason,) = refusals(r.CHECKER.person, refuses)
    assert reason.startswith("四项条件全部满足而不予免责的，须有另一名上级签批")


def test_the_checker_does_not_rule_under_any_spelling():
    def rules(stored, typed):
        told = spelt(r.RECONSIDERING, r.CHECKER.person, stored)
        result = ruling()
        document = result.decision.model_copy(update={"deciders": (typed,)})
        result = result.model_copy(update={"decision": document})
        return given_review(*told).when("settle", result, **r.RULES)

    assert refusals(r.CHECKER.person, rules) == {
        "所涉人员、他的直接上级以及提出申请、核查的人员，不得参与复核和申诉处理"
    }


def test_an_officer_is_served_in_person_under_any_spelling():
    for stored in spellings(r.OFFICER.person):
        told = [*r.EXEMPTED]
        told[: len(r.CHECKED)] = with_the_officer(stored)
        for typed in spellings(r.OFFICER.person):
            step = given_review(*told).when("notify", typed, SERVED_ON, **r.NOTIFIES)
            assert step.refusal is None, (stored, typed)


# two officers -----------------------------------------------------------------------------------


def test_two_spellings_of_one_officer_are_not_two_officers():
    def refuses(one, other):
        proof = {"proof": f.RefusalProof.RECORDED_BY_TWO, "digest": s.digest("record")}
        evidence = f.RefusalEvidence.model_construct(**proof, officers=(one, other))
        how = {"by": INSPECTOR, "at": s.SANCTION_DAY}
        return given(*s.RECTIFYING).when("refuse_rectification", evidence, **how)

    (reason,) = refusals("zhao", refuses)
    assert reason.startswith("沉默不等于拒绝：须有当事人书面材料，或者两名以上执法人员的记录")


# completeness -----------------------------------------------------------------------------------

OF_PERSONS = {"person", "superior", "recipient", "deciders", "investigators"}
OF_PERSONS |= {"given_by", "name_given_by"}


def compared(tree):
    """Yields the names of attributes that hold ids of persons and are compared as raw text."""
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Compare) and not isinstance(node.ops[0], ast.Is | ast.IsNot)
        if is_text or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd)):
            names = {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
            yield from names & OF_PERSONS


def test_no_rule_compares_ids_of_persons_as_raw_text():
    for path in RULES:
        assert not set(compared(ast.parse(path.read_text()))), path


def test_a_rule_that_compared_raw_ids_would_be_seen():
    for rule in ("attempt.by.person != case.decided_by", "review.barred & set(d.deciders)"):
        assert set(compared(ast.parse(rule)))
