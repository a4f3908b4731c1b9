"""All events of a commitment case, in the order of its lifecycle.

Topics are storage format: never edit one.  An event contains the due dates that it sets; they are
computed once and never change.
"""

# isort: off
from domain.case.promise.events import *  # noqa: F403
from domain.case.acceptance.events import *  # noqa: F403
from domain.case.substance.events import *  # noqa: F403
from domain.case.delivery.events import *  # noqa: F403
from domain.case.supplement.events import *  # noqa: F403
from domain.case.supervision.events import *  # noqa: F403
from domain.case.sanction.events import *  # noqa: F403
from domain.case.identity.events import *  # noqa: F403
from domain.case.timing.events import *  # noqa: F403
