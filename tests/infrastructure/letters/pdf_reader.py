"""What a PDF says, by poppler: its text, its fonts, its metadata."""

import subprocess


def text_of(pdf: bytes) -> str:
    """The text of the PDF without any space, because lines break anywhere."""
    return "".join(_run(["pdftotext", "-enc", "UTF-8", "-", "-"], pdf).split())


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """The fonts by name, and whether each is embedded."""
    lines = [line.split() for line in _run(["pdffonts", "-"], pdf).splitlines()[2:]]
    return {line[0]: line[-5] == "yes" for line in lines}


def facts_of(pdf: bytes) -> dict[str, str]:
    """The metadata and properties, by name."""
    pairs = (line.partition(":") for line in _run(["pdfinfo", "-"], pdf).splitlines())
    return {name: value.strip() for name, _, value in pairs}


def _run(command: list[str], pdf: bytes) -> str:
    done = subprocess.run(command, input=pdf, capture_output=True, check=True)
    return done.stdout.decode()
