"""Stages of a restoration of the log."""

from domain.values.labels import Labelled


class Outcome(Labelled):
    """A restoration is recorded when it has been done; nothing follows."""

    RESTORED = "restored", "日志已恢复"
