"""The tables of files: what was uploaded, what was filed, and the keys of owners."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Uuid

from projections.read_model.tables import Instant, metadata


def _facts() -> list[Column[object]]:
    """The columns of a file's facts; each table needs its own."""
    return [
        Column("sha256", String(64), primary_key=True),
        Column("sm3", String(64), nullable=False),
        Column("media_type", String(40), nullable=False),
        Column("size", Integer, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
    ]


uploads = Table(
    "uploads",
    metadata,
    Column("person", String(200), primary_key=True),
    *_facts(),
    Column("uploaded_at", Instant, nullable=False),
    Index(None, "uploaded_at"),
)
"""Files that a person has uploaded and no command has named yet; they are deleted after a day."""

files = Table(
    "files",
    metadata,
    Column("owner", Uuid, primary_key=True),
    *_facts(),
    Column("title", String(200), nullable=False),
    Column("person", Uuid),
    Column("filed_at", Instant, nullable=False),
    Index(None, "person"),
)
"""The files of cases and reviews, each sealed with the key of `person`, the applicant in the vault,
or with the key of its owner if `person` is NULL."""

file_keys = Table(
    "file_keys",
    metadata,
    Column("owner", Uuid, primary_key=True),
    Column("wrapped_key", LargeBinary),
)
"""The keys of owners whose applicant is no natural person; NULL after their files were erased."""
