"""The lifecycle of a catalogue item as a table."""

from domain.catalogue import events as e
from domain.catalogue.rules import another_person_approves, measure_is_enacted, terms_fit_the_record
from domain.catalogue.stages import Listing
from domain.kernel.lifecycle import SAME, Lifecycle, Step

ACTIONS = {"list": "列入清单", "revise": "修订", "activate": "启用", "delist": "移出清单"}

MAY_BE_ACTIVATED = (measure_is_enacted, terms_fit_the_record)
L = Listing
# fmt: off
LISTING = Lifecycle("listing", Listing, ACTIONS,
    #    action      from                  to          records          only when
    Step("list",     (),                   L.LISTED,   e.ItemListed),
    Step("revise",   (L.LISTED, L.ACTIVE), SAME,       e.ItemRevised, given=(another_person_approves,)),
    Step("activate", (L.LISTED,),          L.ACTIVE,   e.ItemActivated, when=MAY_BE_ACTIVATED),
    Step("delist",   (L.LISTED, L.ACTIVE), L.DELISTED, e.ItemDelisted),
)
# fmt: on
