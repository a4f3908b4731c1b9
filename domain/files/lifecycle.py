"""The lifecycle of a filed document as a table of one row."""

from domain.files import events as e
from domain.files.stages import Keeping
from domain.kernel.lifecycle import Lifecycle, Step

ACTIONS = {"file": "文件入卷"}

FILING = Lifecycle("keeping", Keeping, ACTIONS, Step("file", (), Keeping.FILED, e.FileReceived))
