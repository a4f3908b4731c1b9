"""Value objects of the identity track."""

from domain.values.labels import Labelled


class Whose(Labelled):
    """Whose name a correction corrects."""

    APPLICANT = "applicant", "申请人"
    GUARDIAN = "guardian", "监护人"


class IdentityField(Labelled):
    """What a correction of an identity corrects."""

    NAME = "name", "姓名（名称）"
