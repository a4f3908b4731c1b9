"""A letter is believed because it was verified or attested, never because somebody says so."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from application.case.commands import promise
from domain.kernel.errors import ActionRefused
from domain.signatures.verification import Claimed, SignatureLevel
from domain.values.parties import Channel
from tests import stories as s
from tests.support.service_driver import Office

HEARSAY = {"verified": True, "level": "reliable_e", "channel": "online", "verification": {}}
"""What only the service may say of a letter."""


@pytest.mark.parametrize("said", HEARSAY)
@pytest.mark.parametrize("place", ["letter", "signature", ""])
def test_nobody_says_in_a_command_how_a_letter_is_known_to_be_signed(said, place):
    body = promise.Promise(letter=s.handed_in(s.letter(s.NOTIFIED))).model_dump()
    inside = {"letter": body["letter"], "signature": body["letter"]["signature"], "": body}
    inside[place][said] = HEARSAY[said]
    with pytest.raises(ValidationError, match="Extra inputs"):
        promise.Promise.model_validate(body)


@pytest.fixture
def office(service):
    return Office(service)


def test_a_letter_that_the_clerk_does_not_attest_is_refused(office, service):
    id = office.remembers(s.NOTIFIED)
    claim = Claimed(level=SignatureLevel.RELIABLE_E, verified=True)
    unseen = promise.Promise(letter=s.handed_in(s.letter(s.NOTIFIED, verification=claim)))
    with pytest.raises(ActionRefused) as refused:
        office.acts(id, unseen)
    assert refused.value.rule == "online_is_open"
    assert "看过原件" in str(refused.value)
    online = replace(office.context(), channel=Channel.ONLINE)
    with pytest.raises(ActionRefused) as refused:
        service.casework.act(online, id, promise.Promise(letter=s.handed_in(s.letter(s.NOTIFIED))))
    assert refused.value.rule == "online_is_open"
