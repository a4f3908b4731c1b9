"""The lifecycle of a restoration as a table of one row."""

from domain.kernel.lifecycle import Lifecycle, Step
from domain.logbook import events as e
from domain.logbook.stages import Outcome

ACTIONS = {"restore": "恢复日志"}

RESTORATION = Lifecycle(
    "outcome", Outcome, ACTIONS, Step("restore", (), Outcome.RESTORED, e.LogRestored)
)
