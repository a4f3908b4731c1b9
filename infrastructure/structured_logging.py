"""Structured logging: one JSON object per line, without the values of local variables."""

import logging
import sys

import structlog


def set_up_logs() -> None:
    """Configures structlog; tracebacks show no local variables, which may hold personal data."""
    quiet = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(quiet),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # stdout is for command output
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
