"""The evidence bundle of a case: it can be checked anywhere, and no byte of it can be altered."""

import io
import json
import os
import subprocess
import sys
import zipfile
from hashlib import sha256
from random import Random

import pytest

from infrastructure.evidence.bundle import CHECKER
from infrastructure.evidence.bundle_check import Broken, check, packed
from infrastructure.evidence.notes import Signer, signed
from infrastructure.keys.key_changes import new_log_key
from infrastructure.keys.records import Reason
from tests import stories as s
from tests.given import CASE_ID, history
from tests.support.service_driver import Office

DICE = Random(1980)  # noqa: S311 - the same every time
ALTERATIONS = 20_000 if os.environ.get("XINNUO_SOAK") else 250
"""Number of bytes that are altered, one at a time."""


@pytest.fixture
def case(service):
    """A case that has ended, in a log with other cases."""
    office = Office(service)
    office.remembers(s.GRANTED)
    office.records(history(*s.PENALIZED))
    office.remembers(s.FULFILLED)
    return CASE_ID


@pytest.fixture
def bundle(service, case):
    return service.bundler.pack(case)


def inside(bundle):
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def altered(bundle, place):
    return bundle[:place] + bytes([bundle[place] ^ (1 << DICE.randrange(8))]) + bundle[place + 1 :]


def is_broken(bundle, keys):
    with pytest.raises(Broken):
        check(bundle, keys)


def test_a_bundle_is_checked_elsewhere_with_nothing_but_the_program(
    service, bundle, case, tmp_path
):
    """The program runs in another folder, without site packages and environment variables."""
    (tmp_path / "verify.py").write_text(CHECKER)
    (tmp_path / "case.zip").write_bytes(bundle)
    program = [sys.executable, "-I", "-S", "verify.py", "case.zip"]

    def run(*keys):
        return subprocess.run(
            [*program, *keys], cwd=tmp_path, env={}, capture_output=True, check=False
        )

    passed = run(*service.log_keys)
    assert passed.returncode == 0
    assert passed.stdout.decode().startswith(f"核验通过：{case} 的11个事件")
    (tmp_path / "case.zip").write_bytes(altered(bundle, len(bundle) // 2))
    failed = run(*service.log_keys)
    assert (failed.returncode, failed.stdout) == (1, b"")
    assert failed.stderr.decode().startswith("核验不通过：")
    assert run().returncode == 1, "without a key nothing is proved"
    assert run(Signer("somebody.else/log", bytes(32)).verifier).returncode == 1


def test_the_program_in_the_bundle_is_the_one_that_is_handed_out(bundle):
    assert inside(bundle)["verify.py"].decode() == CHECKER


def test_no_byte_of_a_bundle_can_be_altered(service, bundle):
    edges = [*range(60), *range(len(bundle) - 60, len(bundle))]
    for place in [*edges, *DICE.sample(range(len(bundle)), min(ALTERATIONS, len(bundle)))]:
        is_broken(altered(bundle, place), service.log_keys)


def test_nothing_can_be_added_to_a_bundle_or_cut_off(service, bundle):
    compressed_otherwise = bundle[:8] + b"\1" + bundle[9:]
    for other in (bundle + b"\0", bundle[:-1], b"", b"PK\5\6" * 9, compressed_otherwise):
        is_broken(other, service.log_keys)


def test_a_small_bundle_survives_no_alteration_anywhere(service, case):
    """The bundle has only its signed and proved files, so that each of its bytes can be altered."""
    files = inside(service.bundler.pack(case))
    for name in ("history.pdf", "history.json", "verify.py", "README.md"):
        del files[name]
    small = resigned(service, files)
    check(small, service.log_keys)
    step = 1 if os.environ.get("XINNUO_SOAK") else 97
    for place in range(DICE.randrange(step), len(small), step):
        is_broken(altered(small, place), service.log_keys)


# what even a dishonest owner of the key cannot do -------------------------------------------------


def resigned(service, files):
    """Returns a bundle of these files, with a new manifest signed by the log's own key."""
    heading = files["MANIFEST"].decode().split("\n")[0]
    others = {name: content for name, content in files.items() if name != "MANIFEST"}
    lines = [f"{sha256(content).hexdigest()}  {name}" for name, content in others.items()]
    text = "".join(f"{line}\n" for line in [heading, *lines])
    manifest = signed(text, service.sealer.signers[:1]).encode()
    return packed({"MANIFEST": manifest, **others})


def with_events(service, files, change):
    events = json.loads(files["events.json"])
    change(events)
    return resigned(service, files | {"events.json": json.dumps(events).encode()})


def renamed(event, old, new):
    event["leaf"] = event["leaf"].replace(old, new)


REWRITTEN = {
    "a word of an event": lambda events: renamed(events[0], "食品", "药品"),
    "who acted": lambda events: renamed(events[0], "zhao", "zhap"),
    "an event left out": lambda events: events.pop(4),
    "the first event left out": lambda events: events.pop(0),
    "two events swapped": lambda events: events.insert(2, events.pop(3)),
    "one event twice": lambda events: events.insert(2, events[2]),
    "another place in the log": lambda events: events[2].update(position=5),
    "a shorter path": lambda events: events[2]["proof"].pop(),
    "a longer path": lambda events: events[2]["proof"].append(events[2]["proof"][0]),
}


@pytest.mark.parametrize("what", REWRITTEN)
def test_what_the_log_does_not_hold_cannot_be_signed_into_a_bundle(service, bundle, what):
    files = inside(bundle)
    check(with_events(service, files, lambda _: None), service.log_keys)
    is_broken(with_events(service, files, REWRITTEN[what]), service.log_keys)


def test_an_event_of_another_case_does_not_belong_in_a_bundle(service, bundle):
    other = Office(service).remembers(s.GRANTED, number=77)
    files, others = inside(bundle), inside(service.bundler.pack(other))
    mixed = files | {name: others[name] for name in ("events.json", "checkpoint.txt")}
    is_broken(resigned(service, mixed), service.log_keys)


def test_a_document_of_a_bundle_must_be_named_in_an_event(service, bundle):
    files = inside(bundle)
    (notice,) = (name for name in files if name.startswith("documents/"))
    text = files[notice].replace("食品".encode(), "药品".encode())
    renamed = f"documents/{sha256(text).hexdigest()}.json"
    is_broken(resigned(service, files | {renamed: text}), service.log_keys)
    is_broken(resigned(service, files | {notice: text}), service.log_keys)


# what is in a bundle -----------------------------------------------------------------------------


def test_a_bundle_contains_what_a_court_reads(service, bundle, case):
    files = inside(bundle)
    assert files["history.pdf"].startswith(b"%PDF-")
    entries = json.loads(files["history.json"])
    assert [each["version"] for each in entries] == [*range(1, 12)]
    assert entries[-1]["sentence"].startswith("义马市市场监督管理局审批决定（qian）")
    notice = service.repository.events(case)[2]
    assert sha256(files[f"documents/{notice.digest}.json"]).hexdigest() == notice.digest
    assert "怎样核验" in files["README.md"].decode()


def test_the_same_case_at_the_same_checkpoint_is_the_same_file(service, case, bundle):
    assert service.bundler.pack(case) == bundle


def test_after_a_change_of_keys_the_new_key_checks_a_bundle(service, case):
    (old,) = service.log_keys
    new_log_key(service.keys, Reason(service.clock()))
    service.sealer.seal()
    service.sealer.sign_again()
    bundle = service.bundler.pack(case)
    check(bundle, service.log_keys)
    is_broken(bundle, [old])


def test_a_rare_character_is_printed_as_its_number(service):
    rare = s.APPLICANT.model_copy(update={"name": "义马市𰻝𰻝面馆（한국）ก"})
    case = Office(service).remembers(s.GRANTED, applicant=rare)
    bundle = service.bundler.pack(case)
    check(bundle, service.log_keys)
    assert "𰻝𰻝面馆" in inside(bundle)["history.json"].decode()
