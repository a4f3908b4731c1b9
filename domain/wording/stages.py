"""Stages of an entered article."""

from domain.values.labels import Labelled


class Stage(Labelled):
    ENTERED = "entered", "待批准"
    APPROVED = "approved", "已批准"
    RETURNED = "returned", "已退回"
