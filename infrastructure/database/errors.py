"""Distinguishes errors of the database from errors of the event that was being written."""

import psycopg
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

DATABASE_ERRORS = (DBAPIError, PoolTimeout, psycopg.Error)
"""Errors of the database, raised by SQLAlchemy or directly by the driver."""
VALUE_ERRORS = (DataError, IntegrityError, psycopg.DataError, psycopg.IntegrityError)
"""Errors that the database raises because it refuses a value."""


def about_an_event(error: Exception) -> bool:
    """Returns True if the event caused the error, False if the database is unavailable or unfit."""
    return isinstance(error, VALUE_ERRORS) or not isinstance(error, DATABASE_ERRORS)
