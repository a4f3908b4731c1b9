"""The table of served documents, by the code that verifies each."""

from sqlalchemy import BigInteger, Column, Index, String, Table, Uuid

from projections.read_model.tables import metadata

served_documents = Table(
    "served_documents",
    metadata,
    Column("code", String(32), primary_key=True),  # nobody can guess it
    Column("case_id", Uuid, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("standing", String(20), nullable=False),
    Column("position", BigInteger, nullable=False),
    Index(None, "case_id"),
)
