"""An installation that tests stop, back up, restore and start again."""

from contextlib import contextmanager
from hashlib import sha256

from sqlalchemy import select

from domain.case.events import CommitmentMade
from domain.values.identifiers import commitment_parts
from infrastructure.backup.declaring import declare
from infrastructure.backup.restoring import Backup, Restoring, size_of
from infrastructure.backup.taking import archive_of, take
from infrastructure.container import build
from infrastructure.database.evidence_schema import checkpoints
from infrastructure.evidence.bundle_check import checkpoint_of
from infrastructure.health.checks import require_sound
from infrastructure.memory.log_memory import FILE
from tests import stories as s
from tests.support.service_driver import ADMIN, Office

OPERATOR = ADMIN.model_copy(update={"role": "operator"})
WHY = "磁盘损坏"
CASES = 12
"""Number of cases that promise before and after a restoration, where the number is not said."""


class Installation:
    """A service that is stopped and started, over one database and one folder of keys."""

    def __init__(self, settings, clock):
        self.settings, self.clock, self.codes = settings, clock, []
        self.signed = {}
        """Every root that was signed, by the name of the log and the size."""

    @contextmanager
    def open(self, **changes):
        service = build(self.settings.model_copy(update=changes), self.clock)
        try:
            yield service
        finally:
            service.close()

    def promises(self, number=CASES):
        """Cases promise, each gets a code, and the log is sealed; returns the codes."""
        with self.open() as service:
            office, fresh = Office(service), []
            first = service.log_size() + 1
            for each in range(first, first + number):
                case = office.remembers(s.NOTIFIED, number=each)
                fresh.append(office.promises(case).aggregate.last(CommitmentMade).code)
            service.sealer.seal()
            self.note_signed(service)
        self.codes += fresh
        return fresh

    def note_signed(self, service):
        """Adds what is signed now; two roots under one name and size are a second history."""
        with service.engine.connect() as db:
            for note in db.scalars(select(checkpoints.c.note)):
                origin, size, root = checkpoint_of(note, service.log_keys)
                assert self.signed.setdefault((origin, size), root) == root

    def newest(self, origin):
        """The largest size that was signed under this name."""
        return max(size for name, size in self.signed if name == origin)

    def backup(self, folder):
        with self.open() as service:
            manifest = take(service, folder, lambda *_: None)
            self.note_signed(service)
        return Backup.at(folder, self.settings), manifest

    def restores(self, backup, keys=None, *, over=True):
        """Restores the backup and declares it; returns the event."""
        reached = size_of(self.settings.url) or 0
        restoring = Restoring(self.settings, self.clock, keys)
        restoring.put_in_place(backup, lambda _: None, over=over)
        return self.declares(backup.digest, reached)

    def declares(self, digest=None, reached=0):
        with self.open() as service:
            restored = declare(service, OPERATOR, WHY, digest, reached)
            self.note_signed(service)
            require_sound(service)
            assert service.verifier.verify().flaw is None
        return restored


def drop_leftovers(settings):
    """Drops the databases that restorations kept beside this one."""
    archive = archive_of(settings.url)
    with archive._server() as server:
        query = "SELECT datname FROM pg_database WHERE datname LIKE %s"
        name = archive._at.database
        for (left,) in server.execute(query, [f"{name}_before_%"]).fetchall():
            server.execute(f'DROP DATABASE "{left}" WITH (FORCE)')


def contents(folder):
    """The hash of every file below a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder): sha256(path.read_bytes()).hexdigest() for path in files}


def memory(installation):
    return installation.settings.keys_dir / FILE


def serial(code):
    return commitment_parts(code)[2]


def flip(path, at):
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
