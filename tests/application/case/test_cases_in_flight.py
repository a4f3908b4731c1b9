"""Cases begun under the release before go on under the rules of this one."""

import json
from dataclasses import replace
from datetime import date

import pytest

from application.case.commands import sanction, supervision
from domain.case.case import Case
from domain.case.events import CommitmentMade, PenaltyImposed
from domain.case.stages import Stage
from domain.case.values import FulfilmentStatus, Severity
from infrastructure.event_store.batch import batch_of
from projections.worklist.inline import inline_row
from tests import stories as s
from tests.given import DECIDER, INSPECTOR, history, on
from tests.support.service_driver import Office


class OldOffice(Office):
    """An office whose log holds what the release before accepted."""

    def remembers_as(self, story, **changes):
        """Appends a story; `changes` replace fields in the JSON text of its last event."""
        *earlier, last = map(self.repository.mapper.to_stored_event, history(*story))
        state = json.loads(last.state) | changes
        stored = [*earlier, replace(last, state=json.dumps(state, ensure_ascii=False).encode())]
        case = Case.replay(map(self.repository.mapper.to_domain_event, stored))
        recorder = self.repository.recorder
        with recorder.commands.connect() as db:
            batch = batch_of(stored, {}, self.service.clock(), inline_row=inline_row(case))
            recorder.append(db.connection.driver_connection, batch)
        return case.id


@pytest.fixture
def office(service):
    return OldOffice(service)


def penalty(**otherwise):
    facts = {"severity": Severity.GENERAL, "basis": dict(s.BASIS), "verdict": s.BROKEN}
    return sanction.Impose(**{"measures": (s.KEY_REVIEW,)} | facts | otherwise)


def test_a_forewarning_that_named_a_measure_twice_still_leads_to_a_sanction(office, service):
    id = office.remembers_as(s.FOREWARNED, measures=["H1", "H1"])
    service.clock.now = s.VERDICT_DAY
    case = office.acts(id, penalty(), by=DECIDER).aggregate
    assert case.stage is Stage.PENALIZED


def test_an_order_that_demanded_the_same_twice_is_still_met(office, service):
    id = office.remembers_as(s.RECTIFYING, items=["配备专职管理人员", "配备专职管理人员"])
    service.clock.now = on("2026-11-12")
    done = supervision.AcceptRectification(evidence="任命文件", done_on="2026-11-12")
    assert office.acts(id, done, by=INSPECTOR).aggregate.stage is Stage.FULFILLED


def test_a_letter_of_a_year_that_is_refused_today_still_loads(office):
    letter = json.loads(s.letter(s.NOTIFIED).model_dump_json())
    letter["signature"]["signed_on"] = "0001-01-01"
    id = office.remembers_as(s.COMMITTED, letter=letter)
    promise = office.repository.get(Case, id).last(CommitmentMade)
    assert promise.letter.signature.signed_on == date(1, 1, 1)


@pytest.mark.parametrize("story", [s.UNRECTIFIED, s.FOREWARNED, s.HEARD, s.WAIVED], ids=len)
def test_an_unrectified_case_can_be_spared_with_the_proof_that_is_now_asked_for(
    office, service, story
):
    id = office.remembers_as(story)
    service.clock.now = s.VERDICT_DAY
    proof = s.EVIDENCE.model_copy(update={"corrected_on": date(2026, 11, 20)})
    verdict = s.BROKEN.model_copy(update={"status": FulfilmentStatus.PARTLY_FULFILLED})
    facts = {"reason": "minor_and_corrected", "explanation": "已经改正", "verdict": verdict}
    case = office.acts(id, sanction.Spare(**facts, proof=proof), by=DECIDER).aggregate
    assert case.stage is Stage.SPARED


def test_a_sanction_of_the_release_before_has_no_issuer_and_is_read_as_it_was(office):
    basis = {"kind": "judgment", "number": "（2019）…1号"}
    basis |= {"issued_on": "2019-01-01", "served_on": "2019-01-02"}
    id = office.remembers_as(s.PENALIZED, basis=basis, schema=1)
    read = office.repository.get(Case, id).last(PenaltyImposed).basis
    assert (read.number, read.issuer, read.digest) == ("（2019）…1号", None, None)
    assert read.issued_number is None
