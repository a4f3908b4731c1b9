"""The case bundle: everything about one case that a court or an archive needs, in one ZIP file."""

from pathlib import Path

from infrastructure.evidence import bundle_check

CHECKER = Path(bundle_check.__file__).read_text("utf-8")
"""The stand-alone program that checks a bundle."""
