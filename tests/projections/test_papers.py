"""The register of served documents: in force, replaced, void; no code without a document."""

import re

import pytest

from domain.documents.content import Letterhead, verification_code
from domain.documents.kinds import DocumentKind
from projections.papers.projection import PAPERS, Standing
from projections.read_model.projection import Row, Rows
from tests import stories as s
from tests.given import Fact, after, history, on

K = DocumentKind


def register(*facts: Fact) -> list[Row]:
    rows: Rows = ()
    for position, event in enumerate(history(*facts), 1):
        if event.TOPIC in PAPERS.topics:
            rows = PAPERS.fold(rows, event, position)
    return list(rows)


def standing(*facts: Fact) -> dict[str, str]:
    return {row["kind"]: row["standing"] for row in register(*facts)}


def test_a_served_document_is_in_force() -> None:
    assert standing(*s.DEFERRED_GRANTED) == dict.fromkeys(
        (K.ACCEPTANCE, K.NOTICE, K.LETTER, K.DEFERRAL, K.GRANT, K.DELIVERY), Standing.IN_FORCE
    )


def test_what_belongs_to_the_promise_is_void_when_the_case_is_diverted() -> None:
    withdrawn = standing(*after(s.NOTIFIED, "withdraw", "不再办理"))
    void, stands = Standing.VOID, Standing.IN_FORCE
    assert withdrawn == {
        **{K.ACCEPTANCE: stands, K.NOTICE: void, K.LETTER: void},
        K.DIVERSION: stands,
    }
    declined = standing(*after(s.NOTIFIED, "decline", "改走原程序"))
    assert declined == withdrawn
    excluded = standing(*after(s.COMMITTED, "query", s.EXCLUDED, at=on("2026-11-30")))
    assert excluded == withdrawn


def test_a_document_of_the_same_kind_replaces_the_one_before() -> None:
    twice = [*s.NOTIFIED, s.NOTIFIED[-1]]
    codes = [(row["code"], row["standing"]) for row in register(*twice) if row["kind"] == K.NOTICE]
    assert [each for _, each in codes] == [Standing.REPLACED, Standing.IN_FORCE]


@pytest.mark.parametrize(
    ("story", "kind"),
    [(s.AMENDED, K.GRANT), (s.REFUSAL_AMENDED, K.REFUSAL)],
    ids=["grant", "refusal"],
)
def test_a_corrected_decision_replaces_the_one_before_and_its_receipt(
    story: tuple[Fact, ...], kind: DocumentKind
) -> None:
    for each in (kind, K.DELIVERY):
        standings = [row["standing"] for row in register(*story) if row["kind"] == each]
        assert standings == [Standing.REPLACED, Standing.IN_FORCE]


def test_a_code_is_long_and_says_nothing_of_the_digest() -> None:
    rows = register(*s.DEFERRED_GRANTED)
    digests = [pin.sha256 for fact in s.DEFERRED_GRANTED for pin in fact.said.get("documents", ())]
    assert [row["code"] for row in rows] == [*map(verification_code, digests)]
    assert all(re.fullmatch(r"[A-Z2-7]{32}", row["code"]) for row in rows)
    assert len({row["code"] for row in rows}) == len(rows)


def test_a_document_that_names_a_person_has_another_digest_for_each_salt() -> None:
    heads = [Letterhead("欧阳千秋", salt, 1) for salt in ("00" * 16, "11" * 16)]
    pins = [after(s.CLEARED, "notify", letterhead=head)[-1].said["documents"] for head in heads]
    assert {pin.sha256 for pin in pins[0]}.isdisjoint(pin.sha256 for pin in pins[1])
    assert "00" * 16 not in repr(pins[0])
    assert "欧阳千秋" not in repr(pins[0])


def test_a_person_whose_name_is_not_told_is_served_nothing_that_names_them() -> None:
    of_a_person = after((), "open", s.NOTICE, s.PERSON, s.PINNED, s.ALL_IN)
    assert of_a_person[-1].said["documents"] == ()
