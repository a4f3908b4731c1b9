"""The table of articles that people have entered."""

from sqlalchemy import BigInteger, Column, Date, String, Table, Text, Uuid

from projections.read_model.tables import Instant, metadata

law_articles = Table(
    "law_articles",
    metadata,
    Column("entry_id", Uuid, primary_key=True),
    Column("stage", String(20), nullable=False),
    Column("cites", String(40), nullable=False),
    Column("article", String(20), nullable=False),
    Column("provision", Text, nullable=False),
    Column("in_force_from", Date, nullable=False),
    Column("found_in", String(200), nullable=False),
    Column("entered_by", String(200), nullable=False),
    Column("entered_at", Instant, nullable=False),
    Column("position", BigInteger, nullable=False),  # of the event that changed it last
)
"""A handful of rows: every list reads them whole."""
