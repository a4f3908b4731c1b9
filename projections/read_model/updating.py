"""Rows that are not current: their projection has set aside events of their stream."""

from uuid import UUID

from sqlalchemy import Column, Label, exists

from projections.read_model.tables import parked_events

k = parked_events.c


def updating(projection: str, stream: Column[UUID]) -> Label[bool]:
    """A column that is true if the row of this stream lacks events that wait to be applied."""
    return exists().where(k.projection == projection, k.stream_id == stream).label("updating")
