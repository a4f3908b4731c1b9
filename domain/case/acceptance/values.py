"""Value objects of the acceptance track."""

from operator import attrgetter
from typing import Annotated

from pydantic import Field

from domain.values.identifiers import MaterialCode
from domain.values.labels import Labelled
from domain.values.lists import each_once
from domain.values.parties import ONLY_IF_SET, Value
from domain.values.texts import LongText


class AtOpening(Labelled):
    """What is decided on an application when its case is opened."""

    ACCEPTED = "accepted", "当场受理"
    RECEIVED = "received", "收下材料，五个工作日内决定是否受理"


class ToPutRight(Value):
    """One thing that the applicant must put right before the application is accepted."""

    material: Annotated[MaterialCode | None, ONLY_IF_SET] = None
    """None if it is the application form itself."""
    what: LongText


Asked = Annotated[
    tuple[ToPutRight, ...],
    Field(min_length=1, max_length=61),
    each_once(attrgetter("material")),
]
"""Everything that must be put right, each material and the form in one row at the most."""
