"""What schemathesis cannot know: tokens, things that exist, and the instants at which clocks break.

SEEDS (JSON in the environment) holds the tokens by role, known values by the name of a parameter,
and whole addresses by the method and path of an operation, where values have to fit each other.
"""

import json
import os
from collections.abc import Sequence
from random import Random
from typing import Any

import schemathesis
from hypothesis import strategies as st

SEEDS = json.loads(os.environ["SEEDS"])
TOKENS, KNOWN, WHOLE = SEEDS["tokens"], SEEDS["known"], SEEDS["whole"]
SUITED = {
    "open_case": ("intake_clerk",),
    "get_applicant": ("employment_clerk",),
    "get_contact": ("employment_clerk",),
    "agree_on_messages": ("intake_clerk",),
    "upload_file": ("intake_clerk",),
    "enter_article": ("legal_reviewer",),
    "query_credit": ("intake_clerk",),
    "notify_applicant": ("intake_clerk",),
    "correct_notice": ("intake_clerk",),
    "record_commitment": ("intake_clerk",),
    "supply_material": ("intake_clerk",),
    "withdraw_application": ("intake_clerk",),
    "record_substantive_check": ("decision_officer",),
    "decide_application": ("decision_officer",),
    "review_material": ("decision_officer",),
    "correct_name": ("decision_officer",),
    "conclude_sanction": ("decision_officer",),
    "record_inspection": ("inspector",),
    "record_rectification": ("inspector",),
    "forewarn_party": ("inspector",),
    "record_hearing": ("hearing_chair",),
}
"""The roles that get furthest; elsewhere those of the path, or every role, have their turn."""
BY_PATH = {
    "/api/v1/audit": ("auditor",),
    "/api/v1/catalogue": ("catalog_admin",),
    "/api/v1/articles": ("catalog_admin", "legal_reviewer"),
    "/api/v1/files": ("auditor",),
    "/api/v1/projections": ("operator",),
    "/api/v1/outbox": ("operator",),
    "/api/v1/board": ("department_lead",),
    "/api/v1/cases": ("auditor", "intake_clerk"),
    "/api/v1/tolerance-reviews": ("department_lead", "tolerance_reviewer"),
}
INSTANTS = (
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-14:00",
    "1582-10-10T00:00:00Z",
    "1927-12-31T23:54:08+08:05",
    "1970-01-01T00:00:00Z",
    "1986-05-04T00:30:00+08:00",
    "2016-12-31T23:59:60Z",
    "2024-02-29T23:59:59.999999999+08:00",
    "2026-11-27T24:00:00+08:00",
    "2026-11-27T08:00:00.000001+08:00",
    "2026-11-27T08:00:00,5+08:00",
    "2026-11-27t00:00:00z",
    "2026-11-27 00:00:00Z",
    "2026-11-27T00:00Z",
    "2026-11-27T00Z",
    "2026-11-27T00:00:00-00:00",
    "2026-11-27T00:00:00+23:59",
    "2038-01-19T03:14:08Z",
)
"""The first and the last, leap seconds, Shanghai's own times of 1927 and 1986, odd spellings."""

schemathesis.openapi.format(
    "date-time",
    st.sampled_from(INSTANTS)
    | st.datetimes(timezones=st.timezones()).map(lambda instant: instant.isoformat()),
)


DRAW = Random(11)  # noqa: S311
"""Decides between the ordinary and the odd; one worker, so that a run repeats the last one."""


READ: set[str] = set()
"""The paths that a plain request has read."""


def _often() -> bool:
    return DRAW.random() < 0.8


def _roles(operation: Any) -> Sequence[str]:
    suited = SUITED.get(operation.definition.raw.get("operationId"), ())
    by_path = next((r for path, r in BY_PATH.items() if operation.path.startswith(path)), ())
    return suited or by_path or tuple(TOKENS)


def _known(parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    return parameters and {
        name: DRAW.choice(KNOWN[name]) if name in KNOWN and _often() else value
        for name, value in parameters.items()
    }


@schemathesis.hook
def map_path_parameters(context: Any, parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Puts something that exists into most addresses."""
    operation = context.operation
    whole = WHOLE.get(f"{operation.method.upper()} {operation.path}")
    return DRAW.choice(whole) if whole and _often() else _known(parameters)


@schemathesis.hook
def map_query(_: Any, query: dict[str, Any] | None) -> dict[str, Any] | None:
    """Asks for versions and positions that exist in most queries that ask for one."""
    return _known(query)


def _plain(case: Any) -> None:
    """Makes the request an ordinary one: an address that exists, nothing optional, a fit role."""
    operation = case.operation
    known = (case.path_parameters | case.query) | {name: KNOWN[name][0] for name in KNOWN}
    whole = WHOLE.get(f"GET {operation.path}", [{}])[0]
    addressed = [each.name for each in operation.path_parameters]
    asked = [each.name for each in operation.query if each.is_required]
    case.path_parameters = {name: known[name] for name in addressed if name in known} | whole
    case.query = {name: known[name] for name in asked if name in known}
    case.headers = {"Authorization": f"Bearer {TOKENS[_roles(operation)[0]]}"}


@schemathesis.hook
def before_call(_: Any, case: Any, __: dict[str, Any]) -> None:
    """Gives the request a token: mostly of a role that may do it, sometimes of any, or none.

    The first request of each operation that reads is a plain one, so that none is left unread.
    """
    if case.method == "GET" and case.operation.path not in READ:
        READ.add(case.operation.path)
        _plain(case)
        return
    for header in ("If-Match", "Idempotency-Key"):
        if _often():
            case.headers.pop(header, None)  # nearly every one is refused: stale, or used before
    if str(case.headers.get("X-Min-Position", "")).isdecimal():
        case.headers["X-Min-Position"] = "1"  # a position to come is waited for, two seconds long
    role = DRAW.choice(_roles(case.operation) if _often() else (*TOKENS, ""))
    if role:
        case.headers["Authorization"] = f"Bearer {TOKENS[role]}"
