"""A notice that was wrong is corrected before the promise; the letter on it ends with it (R25)."""

from datetime import date

from domain.case import events as e
from domain.case.letter import notice_digest
from domain.case.stages import Stage
from tests import stories as s
from tests.given import CASE_ID, after, due, fact, given, on, told

FAULT = "补交期限告知有误"


def test_a_notice_is_corrected_from_when_it_was_served_until_the_promise():
    given(*s.CLEARED).when("renotify", FAULT).refused("目前是“信用良好”")
    given(*s.COMMITTED).when("renotify", FAULT).refused("目前是“已承诺”")


def test_a_corrected_notice_replaces_the_one_before_and_counts_the_days_anew():
    before = told(*s.NOTIFIED).notice
    anew = notice_digest(CASE_ID, s.PINNED, (), (), date(2026, 9, 29), before.digest)
    given(*s.NOTIFIED).when("renotify", FAULT, at=on("2026-09-29")).then(
        fact(
            e.NoticeReplaced,
            conditions=before.conditions,
            standards=before.standards,
            consequences=before.consequences,
            deferred=(),
            digest=anew,
            commit_by=due("2026-10-12"),
            replaces=before.digest,
            reason=FAULT,
        )
    ).owes(("commit", "2026-10-12"))


def test_a_letter_on_the_replaced_notice_is_worth_nothing_even_on_the_same_day():
    again = after(s.NOTIFIED, "renotify", FAULT)
    given(*again).when("commit", s.letter(s.NOTIFIED), s.code()).refused(
        "承诺书引用的不是已送达的告知书（I2）"
    )
    assert told(*after(again, "commit", s.letter(again), s.code())).stage is Stage.COMMITTED


def test_a_notice_is_corrected_as_often_as_it_is_wrong():
    twice = after(after(s.NOTIFIED, "renotify", FAULT), "renotify", "又有差错")
    digests = [each.said["digest"] for each in twice if "digest" in each.said]
    assert len({*digests}) == 3
    given(*twice).when("commit", s.letter(twice), s.code()).owes(("decide", "2026-09-28"))
