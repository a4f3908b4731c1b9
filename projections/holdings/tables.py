"""The table of holdings: the shareable materials of each case, and whether the city holds them."""

from sqlalchemy import BigInteger, Column, Date, Index, Integer, String, Table, Text, Uuid

from projections.read_model.tables import metadata

holdings = Table(
    "holdings",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("material", String(20), primary_key=True),  # its code in the terms of that case
    # a credit code, or the reference of a natural person, who has no name here
    Column("subject", String(36), nullable=False),
    Column("name", Text, nullable=False),  # the name of the material, folded
    Column("holder", String(200), nullable=False),
    Column("holder_code", String(18), nullable=False),
    Column("digest", String(64)),  # of the file; NULL until it was handed in
    Column("valid_until", Date),  # the last day of the material itself; NULL if it does not end
    # NULL until it is held: the day, and the version and the position of the event
    Column("held_on", Date),
    Column("version", Integer),
    Column("position", BigInteger),
    Index(None, "subject", "position"),
)
