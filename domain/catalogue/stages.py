"""Stages of a catalogue item."""

from domain.values.labels import Labelled


class Listing(Labelled):
    LISTED = "listed", "已列入清单"
    ACTIVE = "active", "已启用"
    DELISTED = "delisted", "已移出清单"
