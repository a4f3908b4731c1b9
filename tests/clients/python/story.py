"""The story of the README, told by a generated Python client: `mypy --strict` checks every word.

It is given the address of a running service and a token for each role, and prints what it was told.
"""

import json
import sys
from datetime import date
from io import BytesIO
from typing import TypeVar

from xinnuo_client import AuthenticatedClient, Client
from xinnuo_client.api.cases import (
    conclude_sanction,
    decide_application,
    forewarn_party,
    get_case,
    get_case_history,
    list_cases,
    notify_applicant,
    open_case,
    query_credit,
    record_commitment,
    record_hearing,
    record_inspection,
    record_rectification,
)
from xinnuo_client.api.disclosures import get_disclosure
from xinnuo_client.api.evidence import get_newest_checkpoint, take_bundle
from xinnuo_client.api.files import upload_file
from xinnuo_client.models import (
    BasisKind,
    BreachKind,
    CaseLinePage,
    CaseView,
    CommitmentType,
    DecisionDocument,
    DisclosureEntry,
    FailRectification,
    FiledBasis,
    FindBreach,
    Forewarn,
    FulfilmentStatus,
    Grant,
    HistoryEntry,
    Impose,
    Issuer,
    Mark,
    Notify,
    OpenCase,
    OrderRectification,
    Organisation,
    Problem,
    Promise,
    Query,
    ResultKind,
    SanctionMeasure,
    Severity,
    Shortfall,
    Signature,
    SignedLetter,
    Upload,
    UploadView,
    Verdict,
    WaiveHearing,
)
from xinnuo_client.types import File

T = TypeVar("T")
APPLICATION = OpenCase(
    item="000731401001",
    kind=CommitmentType.NOTICE_COMMITMENT,
    applicant=Organisation(
        kind="organisation", code="91411281MA9KXNT254", name="义马市示例贸易有限公司"
    ),
    submitted=["M-01", "M-02", "M-03"],
)


def told(answer: object, expected: type[T]) -> T:
    """The answer, which has to be parsed as what was promised."""
    assert isinstance(answer, expected), answer
    return answer


def scan(client: AuthenticatedClient, paper: str) -> str:
    """Uploads a paper; returns the SHA-256 that names it."""
    content = BytesIO(b"%PDF-1.7 " + paper.encode())
    sent = Upload(file=File(payload=content, file_name="scan.pdf", mime_type="application/pdf"))
    return told(upload_file.sync(client=client, body=sent), UploadView).sha256


def promise(case: CaseView, digest: str, today: date) -> Promise:
    assert case.notice is not None
    signature = Signature(mark=Mark.SEAL, signed_on=today)
    letter = SignedLetter(
        notice_digest=case.notice.digest,
        digest=digest,
        signature=signature,
        attested=True,
    )
    return Promise(outcome="promise", letter=letter)


def sanction(digest: str, today: date) -> Impose:
    basis = FiledBasis(
        kind=BasisKind.OTHER_ADMIN_DECISION,
        number="义市监信〔2026〕8001号",
        issued_on=today,
        served_on=today,
        digest=digest,
        issuer=Issuer(code="114112810058000150", name="义马市市场监督管理局"),
    )
    verdict = Verdict(
        status=FulfilmentStatus.UNFULFILLED,
        unfulfilled_content="债务没有结清",
        breach_consequence="撤销注销登记",
    )
    return Impose(
        outcome="impose",
        measures=[SanctionMeasure.KEY_REVIEW],
        severity=Severity.GENERAL,
        basis=basis,
        verdict=verdict,
    )


def say(answer: object) -> CaseView:
    seen = told(answer, CaseView)
    print(seen.version, seen.stage_label)
    return seen


class Office:
    """A client for each role."""

    def __init__(self, address: str, tokens: dict[str, str]) -> None:
        def of(role: str) -> AuthenticatedClient:
            return AuthenticatedClient(
                base_url=address, token=tokens[role], raise_on_unexpected_status=True
            )

        self.clerk, self.decider = of("intake_clerk"), of("decision_officer")
        self.inspector, self.chair = of("inspector"), of("hearing_chair")
        self.auditor, self.visitor = of("auditor"), Client(base_url=address)


def grant(office: Office, today: date) -> CaseView:
    """From the application to the decision; a refusal is parsed too."""
    clerk = office.clerk
    opened = open_case.sync_detailed(
        client=clerk,
        body=APPLICATION,
        idempotency_key="python-story",
    )
    print(opened.status_code, opened.headers["Location"])
    case = told(opened.parsed, CaseView)
    say(query_credit.sync(case.id, client=clerk, body=Query()))
    case = say(notify_applicant.sync(case.id, client=clerk, body=Notify()))
    letter = promise(case, scan(clerk, "承诺书"), today)
    say(record_commitment.sync(case.id, client=clerk, body=letter))
    document = DecisionDocument(
        number="义市监〔2026〕8001号", kind=ResultKind.APPROVAL, title="准予注销登记通知书"
    )
    decision = Grant(outcome="grant", document=document)
    refused = told(decide_application.sync(case.id, client=clerk, body=decision), Problem)
    print(refused.status, refused.code)
    granted = decide_application.sync(case.id, client=office.decider, body=decision, if_match='"4"')
    return say(granted)


def rectify(office: Office, case: CaseView) -> None:
    """The promise is found broken, and is put right in vain."""
    inspector = office.inspector
    breach = FindBreach(
        outcome="breach", kind=BreachKind.FALSE_STATEMENT, finding="尚有未结清的债务"
    )
    say(record_inspection.sync(case.id, client=inspector, body=breach))
    order = OrderRectification(outcome="order", items=["结清全部债务"])
    say(record_rectification.sync(case.id, client=inspector, body=order))
    failed = FailRectification(
        outcome="failed", shortfall=Shortfall.INADEQUATE, finding="仍有一笔债务没有结清"
    )
    say(record_rectification.sync(case.id, client=inspector, body=failed))


def penalize(office: Office, case: CaseView, today: date) -> int:
    """Returns the position in the log of the sanction."""
    warning = Forewarn(measures=[SanctionMeasure.KEY_REVIEW], reason="虚假承诺且整改不到位")
    say(forewarn_party.sync(case.id, client=office.inspector, body=warning))
    chair, decider = office.chair, office.decider
    waiver = WaiveHearing(outcome="waived", digest=scan(chair, "放弃陈述申辩声明"))
    say(record_hearing.sync(case.id, client=chair, body=waiver))
    penalty = sanction(scan(decider, "决定书"), today)
    last = conclude_sanction.sync_detailed(case.id, client=decider, body=penalty)
    say(last.parsed)
    return int(last.headers["X-Position"])


def look(office: Office, case: CaseView, position: int) -> None:
    """What the public and the auditor are shown."""
    auditor, visitor = office.auditor, office.visitor
    assert case.commitment is not None
    entry = get_disclosure.sync(case.commitment.code, client=visitor, x_min_position=position)
    print(told(entry, DisclosureEntry).conclusion)
    for step in told(get_case_history.sync(case.id, client=auditor), list):
        print(told(step, HistoryEntry).version, step.sentence)
    say(get_case.sync(case.id, client=auditor, version=4))
    page = told(list_cases.sync(client=auditor, limit=2), CaseLinePage)
    print(len(page.items), page.next_ is not None)
    print(len(told(take_bundle.sync(case.id, client=auditor), File).payload.read()) > 0)
    print(len(told(get_newest_checkpoint.sync(client=visitor), str).splitlines()) > 0)


def tell(address: str, tokens: dict[str, str], today: date) -> None:
    office = Office(address, tokens)
    case = grant(office, today)
    rectify(office, case)
    look(office, case, penalize(office, case, today))


if __name__ == "__main__":
    tell(sys.argv[1], json.loads(sys.argv[2]), date.fromisoformat(sys.argv[3]))
