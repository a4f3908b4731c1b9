"""The tables of the evidence log: the sealed tree, its checkpoints, and restorations of the log."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    Uuid,
)

from infrastructure.database.schema import BigKey
from projections.read_model.tables import Instant, metadata

log_tiles = Table(
    "log_tiles",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("idx", BigKey, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary(256 * 32), nullable=False),
)
"""The Merkle tree over the events' leaf hashes, in tiles (infrastructure/evidence/tree.py)."""

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", BigKey, primary_key=True, autoincrement=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("note", Text, nullable=False),
    Column("sealed_at", Instant, nullable=False),
    Column("link", Text),
)
"""Signed checkpoints of the log: its size and the root of its Merkle tree at that size.

None is ever removed, and a note only gains lines.  `link` signs for all checkpoints up to this one
(infrastructure/evidence/chain.py); those of earlier releases have none."""

cosignatures = Table(
    "cosignatures",
    metadata,
    Column("number", BigKey, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("line", Text, nullable=False),
    Index(None, "size"),
)
"""The witnesses' signature lines on the checkpoints of these sizes; append-only."""

verifications = Table(
    "verifications",
    metadata,
    Column("number", BigKey, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sealed", BigInteger, nullable=False),
    Column("flaw_at", BigInteger),
    Column("flaw", Text),
)
"""Results of verifying the whole log, one row for each verification."""

log_restorations = Table(
    "log_restorations",
    metadata,
    Column("position", BigKey, primary_key=True, autoincrement=False),
    Column("stream_id", Uuid, nullable=False),
    Column("former", String(200), primary_key=True),
    Column("origin", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("until", Date, nullable=False),
    Column("floor", Integer, nullable=False),
)
"""Restorations of the log from a backup, each written with its event: under which name the log goes
on after how many events, one row for each name that it has left, and the serial beyond which
commitment codes up to a day are new."""
