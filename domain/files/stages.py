"""Stages of a filed document."""

from domain.values.labels import Labelled


class Keeping(Labelled):
    """A document is filed when it is recorded; nothing follows."""

    FILED = "filed", "已入卷"
