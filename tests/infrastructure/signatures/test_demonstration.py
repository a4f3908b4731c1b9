"""The authority of the demonstration, and who may not have it."""

from pathlib import Path

import pytest

from api.demo.authority import NoDemonstration, TestAuthority
from api.demo.signing import signed_as
from domain.signatures.verification import Verification
from infrastructure.container import Container
from infrastructure.database.markers import DEMO, set_mark
from infrastructure.health.checks import Unsound, require_sound
from tests.infrastructure.signatures.letters import COMPANY, Letters

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def verified(service: Container, letters: Letters) -> object:
    signed = signed_as(TestAuthority.of(service), COMPANY.code, letters.served, service.clock())
    return service.casework.signing.verifier.verify(
        signed, letters.served, COMPANY, service.clock()
    )


def test_what_the_demonstration_signs_the_demonstration_accepts(service, letters):
    set_mark(service.engine, DEMO, service.clock())
    assert isinstance(verified(service, letters), Verification)
    require_sound(service)


def test_a_service_with_other_data_has_no_test_authority(service):
    with pytest.raises(NoDemonstration, match="演示"):
        TestAuthority.of(service)
    assert not Path(service.settings.trust_folder).exists()


def test_a_service_with_other_data_does_not_start_with_a_test_root(service):
    TestAuthority.begin(service.clock()).keep(
        service.settings.data_dir / "ca", service.settings.trust_folder, service.clock()
    )
    with pytest.raises(Unsound, match="测试证书"):
        require_sound(service)
