"""The tables of the statistics: a row for each case, and the sums of these rows."""

from sqlalchemy import JSON, Boolean, Column, Date, Integer, String, Table, Uuid

from projections.read_model.tables import metadata

case_counts = Table(
    "case_counts",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("item_code", String(12), nullable=False),
    Column("item_name", String(200), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("person", Boolean, nullable=False),
    Column("accepting_code", String(18), nullable=False),
    Column("accepting", String(200), nullable=False),
    Column("supervising_code", String(18), nullable=False),
    Column("supervising", String(200), nullable=False),
    Column("steps", JSON, nullable=False),
    Column("owed", JSON, nullable=False),
    Column("settled", JSON, nullable=False),
)
"""What the statistics know of each case; its sums are the two tables below."""

TALLIES = (
    *("accepted", "granted", "refused", "diverted", "same_day", "deferred"),
    *("passed", "breached", "ordered", "rectified", "rectified_in_time", "unrectified"),
    *("penalized", "spared", "not_asked"),
)
"""What is counted in the month in which it happened."""
STEPS = (
    *("accept", "complete", "query", "notify", "commit", "check", "decide", "deliver"),
    *("supply", "review", "inspect", "rectify", "forewarn", "hear", "penalize"),
)
"""The duties of a case; each is counted in the month in which it is due."""
RESULTS = ("in_time", "late", "owed")

monthly_totals = Table(
    "monthly_totals",
    metadata,
    # first what the pages group by, so that they read the rows in the order of the key
    Column("month", Date, primary_key=True),  # its first day
    Column("accepting_code", String(18), primary_key=True),
    Column("supervising_code", String(18), primary_key=True),
    Column("person", Boolean, primary_key=True),
    Column("item_code", String(12), primary_key=True),
    Column("kind", String(30), primary_key=True),
    Column("item_name", String(200), primary_key=True),
    Column("accepting", String(200), primary_key=True),
    Column("supervising", String(200), primary_key=True),
    *(Column(tally, Integer, nullable=False) for tally in TALLIES),
    *(Column(f"{step}_{how}", Integer, nullable=False) for step in STEPS for how in RESULTS),
    sqlite_with_rowid=False,
)

decision_minutes = Table(
    "decision_minutes",
    metadata,
    Column("month", Date, primary_key=True),
    Column("accepting_code", String(18), primary_key=True),
    Column("person", Boolean, primary_key=True),
    Column("minutes", Integer, primary_key=True, autoincrement=False),
    Column("decisions", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""How many decisions of a month took so many minutes from the promise, to two digits."""
