"""The actions that a case offers to each role, at each office."""

from domain.case.case import Case
from tests import stories as s
from tests.given import CLERK, DECIDER, INSPECTOR, history
from tests.support.service_driver import AUDITOR, STORIES, elsewhere

OFFERED = [
    ("NOTIFIED", CLERK, ["commit", "renotify", "withdraw", "contact"]),
    ("NOTIFIED", DECIDER, ["correct"]),
    ("COMMITTED", DECIDER, ["decide", "correct"]),
    ("COMMITTED", CLERK, ["withdraw", "contact"]),
    ("COMMITTED", elsewhere(DECIDER), []),
    ("GRANTED", INSPECTOR, ["inspect"]),
    ("GRANTED", DECIDER, ["deliver", "amend", "correct"]),
    ("GRANTED", INSPECTOR.model_copy(update={"person": "qian"}), []),
    ("DEFERRED_SUPPLIED", CLERK, ["supply", "deliver", "contact"]),
    ("DEFERRED_SUPPLIED", DECIDER, ["review", "deliver", "amend", "correct"]),
    ("HEARD", DECIDER, ["penalize", "deliver", "amend", "correct"]),
    ("HEARD", AUDITOR, []),
    ("PENALIZED", DECIDER, ["deliver", "amend", "correct"]),
    ("REFUSED", CLERK, ["deliver", "contact"]),
    ("DELIVERED", CLERK, ["contact"]),
    ("DELIVERED", DECIDER, ["amend", "correct"]),
]


def test_the_actions_offered_are_those_that_case_and_role_allow(service):
    for story, by, actions in OFFERED:
        case = Case.replay(history(*STORIES[story]))
        assert service.casework.actions(case, by, s.DAY_1) == actions, (story, by)
