"""Value objects of the identity track."""

from domain.values.labels import Labelled


class IdentityField(Labelled):
    """What a correction of an identity corrects."""

    NAME = "name", "姓名（名称）"
