"""Every event that a commitment case records, in the order of its life.

Topics are storage format: never edit one.  Dates on which something falls due are facts too:
worked out once, kept for ever.
"""

# isort: off
from domain.case.promise.events import *  # noqa: F403
from domain.case.supplement.events import *  # noqa: F403
from domain.case.supervision.events import *  # noqa: F403
from domain.case.sanction.events import *  # noqa: F403
