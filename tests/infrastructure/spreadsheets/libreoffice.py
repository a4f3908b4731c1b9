"""LibreOffice Calc without a screen: opens files, types into cells, saves.  One start does it all.

The work is written as a Basic macro into a profile of its own.  Cells are typed through the same
commands as at the keyboard, so their formats decide what becomes of the text.
"""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from xml.sax.saxutils import escape

XLSX, CSV = "Calc MS Excel 2007 XML", "Text - txt - csv (StarCalc)"
COMMAS, COMMAS_SEMICOLONS_TABS = "44", "44/59/9"
"""What separates the cells of a CSV file that is opened; LibreOffice proposes all three."""
_CSV_OPTIONS = "{},34,76,1,,2052,false,true,false"
"""UTF-8; Chinese numbers and dates are recognised."""
NOTHING: Mapping[str, str] = {}
LIMIT = 180
"""Seconds that a start may take on a busy machine."""

_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
 script:language="StarBasic">
{}
</script:module>
"""
_ROUTINES = """
Function Options(one, first, two, second)
  Dim pair(1) As New com.sun.star.beans.PropertyValue
  pair(0).Name = one : pair(0).Value = first
  pair(1).Name = two : pair(1).Value = second
  Options = pair()
End Function

Sub Send(doc, command, name, text)
  keys = createUnoService("com.sun.star.frame.DispatchHelper")
  frame = doc.CurrentController.Frame
  keys.executeDispatch(frame, command, "", 0, Options(name, text, "Unused", ""))
End Sub

Function Opened(path, filter, settings)
  Dim how(2) As New com.sun.star.beans.PropertyValue
  how(0).Name = "Hidden" : how(0).Value = True
  how(1).Name = "FilterName" : how(1).Value = filter
  how(2).Name = "FilterOptions" : how(2).Value = settings
  Opened = StarDesktop.loadComponentFromURL(ConvertToURL(path), "_blank", 0, how())
End Function

Sub Save(doc, path, filter, settings)
  doc.storeToURL(ConvertToURL(path), Options("FilterName", filter, "FilterOptions", settings))
End Sub
"""


@dataclass
class LibreOffice:
    """Collects work, then does it in one start."""

    folder: Path
    lines: list[str] = field(default_factory=list)

    def resave(
        self, path: Path, typed: Mapping[str, str] = NOTHING, separators: str = COMMAS
    ) -> None:
        """Opens a file, types texts into cells by their address, saves it as XLSX and as CSV."""
        self._add("doc = Opened(", path, *_filter(path, separators))
        for address, text in typed.items():
            self._add("Call Send(doc, ", ".uno:GoToCell", "ToPoint", address)
            self._add("Call Send(doc, ", ".uno:EnterString", "StringName", text)
        for suffix in (".xlsx", ".csv"):
            target = self.saved(path, suffix)
            self._add("Call Save(doc, ", target, *_filter(target))
        self.lines.append("doc.close(True)")

    def saved(self, path: Path, suffix: str) -> Path:
        """The path at which `resave` saves a file."""
        return self.folder / f"{path.stem}-from-{path.suffix[1:]}{suffix}"

    def run(self) -> None:
        assert which("soffice"), "LibreOffice Calc is not installed: .ci/run says how"
        profile = self.folder / "profile"
        start = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless"]
        self._wait_for([*start, "--terminate_after_init"])  # makes the profile
        macro = "\n".join([_ROUTINES, "Sub Main", *self.lines, "End Sub"])
        module = profile / "user" / "basic" / "Standard" / "Module1.xba"
        module.write_text(_MODULE.format(escape(macro)), "utf-8")
        self._wait_for([*start, "macro:///Standard.Module1.Main"])

    def _wait_for(self, command: list[str]) -> None:
        subprocess.run(command, timeout=LIMIT, check=True, capture_output=True)

    def _add(self, call: str, *arguments: object) -> None:
        """Adds a line of Basic; the arguments are one-line texts."""
        literals = (f'"{str(each).replace(chr(34), chr(34) * 2)}"' for each in arguments)
        self.lines.append(f"{call}{', '.join(literals)})")


def _filter(path: Path, separators: str = COMMAS) -> tuple[str, str]:
    return (XLSX, "") if path.suffix == ".xlsx" else (CSV, _CSV_OPTIONS.format(separators))
