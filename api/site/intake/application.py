"""What the steps of the intake show: the items, the applicant's entries, the summary, warnings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Self
from uuid import UUID, uuid4

from pydantic import ValidationError
from sqlalchemy import Row

from api.http.dependencies import ReadDatabase
from api.site.desk.case_file import due_text
from api.site.forms.command_form import CommandForm, Line, Wrong, faults, filled
from api.site.forms.entries import Entry, Input
from api.site.forms.posted import Posted
from application.access.permissions import cases_of
from application.case.commands.promise import OpenCase
from application.case.holdings import Held
from domain.case import events as e
from domain.case.acceptance.values import AtOpening
from domain.case.case import Case
from domain.case.stages import Stage
from domain.catalogue.item import CatalogueItem
from domain.catalogue.rules import item_is_active, measure_is_enacted
from domain.catalogue.stages import Listing
from domain.catalogue.terms import CommitmentType, Material, Weight
from domain.kernel.lifecycle import reason
from domain.values.folding import code_key, fold
from domain.values.parties import Actor
from domain.values.workdays import Deadline, Party, in_chinese, local_date
from infrastructure.container import Container
from projections.read_model.keyset import Place
from projections.worklist import lists as worklist

_MAX_OTHERS = 20
OF_THE_APPLICANT = ("applicant.", "renamed.", "guardian.", "own_income.", "legal_representative")
"""The beginnings of the names of the fields about the applicant."""
OF_THE_MATERIALS = ("submitted", "scans")
"""The same of the fields about the materials."""
ACCEPTANCE = "acceptance"
"""The name of the field of the decision, which the page of the materials shows."""
_ELSEWHERE = ("item", "kind", ACCEPTANCE, *OF_THE_MATERIALS)
_PLAIN = {
    " code_confirmed（核对人员和依据）": "下面的“代码核对”",
    " code_confirmed": "“代码核对”",
    "renamed：": "",
    "证明文件的 SHA-256": "证明文件",
    "（guardian）": "",
    "（guardian.agrees_to_processing）": "",
    "（own_income，": "（",
}
"""What refusals call by the names of the API, as the page calls it."""


class ItemLine(NamedTuple):
    code: str
    name: str
    types: Sequence[CommitmentType]
    why_not: str
    """Why no case can be opened; empty if one can."""


class ScanEntries(NamedTuple):
    """Where the file of one material is attached, and until when the material is valid."""

    material: Entry
    code: str
    name: str
    file: Entry
    valid_until: Entry
    holds: bool


class Warning(NamedTuple):
    """Another case of the same organisation."""

    case_id: UUID
    title: str
    text: str


def item_lines(rows: Sequence[Row[Any]], department: str, sought: str) -> list[ItemLine]:
    """The items of this department; those of others only if their names are sought."""
    lines = [
        _item_line(row, row.department_code == department)
        for row in rows
        if fold(sought) in fold(f"{row.item_code}{row.name}")
        and (sought or row.department_code == department)
    ]
    return sorted(lines, key=lambda line: (bool(line.why_not), line.code))


def _item_line(row: Row[Any], mine: bool) -> ItemLine:
    types = [CommitmentType(each) for each in row.terms["types"]] if row.terms else []
    if not mine:
        return ItemLine(row.item_code, row.name, types, f"由{row.department}受理")
    if row.listing == Listing.ACTIVE:
        return ItemLine(row.item_code, row.name, types, "")
    rule = item_is_active if row.terms else measure_is_enacted
    why = f"{Listing(row.listing).label}：{reason(rule)}"
    return ItemLine(row.item_code, row.name, types, why)


async def same_applicant(read_db: ReadDatabase, by: Actor, code: str) -> Sequence[Row[Any]]:
    """The cases of the organisation with this code that this actor may read, newest first."""
    if not code:
        return []
    cases = worklist.cases(cases_of(by), by.department.code)
    parts = cases if isinstance(cases, Sequence) else (cases,)
    rows = tuple(part.where(worklist.c.applicant_code == code_key(code)) for part in parts)
    place = Place.of("same applicant", None, {})
    found, _ = await read_db.page(rows, worklist.NEWEST_FIRST, _MAX_OTHERS, place)
    return found


@dataclass(frozen=True)
class Application:
    """An application as far as it has been typed."""

    item: CatalogueItem
    form: CommandForm
    content: Mapping[str, Any]
    held: Held = field(default_factory=dict)
    """What the city holds of the materials: nobody is asked for it."""

    @classmethod
    def of(cls, item: CatalogueItem, address: str, posted: Posted) -> Self:
        empty = CommandForm(OpenCase, address, None, choices=OpenCase.choices(item))
        form, content = filled(empty, _without_empty_scans(posted))
        return cls(item, form, content)

    def holding(self, held: Held) -> Self:
        """The same application; what is held cannot be chosen."""
        asked = self.form.choices["submitted"].items()
        left = {code: words for code, words in asked if code not in held}
        choices = {**self.form.choices, "submitted": left}
        return replace(self, form=replace(self.form, choices=choices), held=held)

    @property
    def command(self) -> OpenCase | ValidationError:
        return self._read(self.content)

    @property
    def without_materials(self) -> OpenCase | ValidationError:
        early = self.content.keys() - {*OF_THE_MATERIALS}
        return self._read({name: self.content[name] for name in early})

    def with_new_key(self) -> Self:
        return replace(self, form=replace(self.form, key=str(uuid4())))

    def faults(self, part: str) -> dict[str, Wrong]:
        """What is wrong in one part: with the materials, or with everything before them."""
        wrong = dict(self.form.wrong)
        if isinstance(command := self.command, ValidationError):
            wrong |= faults(self.form, command)
        late = part == "materials"
        return {
            name: each._replace(message=self.plain(each.message))
            for name, each in wrong.items()
            if name.startswith(self.own_fields("materials")) is late
        }

    @staticmethod
    def plain(message: str) -> str:
        for technical, words in _PLAIN.items():
            message = message.replace(technical, words)
        return message

    @staticmethod
    def own_fields(page: str) -> tuple[str, ...]:
        """The beginnings of the names of the fields that a page shows itself."""
        shown = {
            "applicant": OF_THE_APPLICANT,
            "materials": (*OF_THE_MATERIALS, ACCEPTANCE),
        }
        return shown.get(page, ())

    def applicant_parts(self, form: CommandForm, renamed: bool, minor: bool) -> dict[str, Any]:
        """The entries of the second step; a code is confirmed only if its check is broken.

        The kind of a person's document is always asked for.
        """
        entries = {each.name: each for each in form.entries}
        who, renaming = entries["applicant"], entries["renamed"]
        inside = {tag: [*who.variant(tag)] for tag in who.options}
        confirmed, *others = inside["organisation"]
        wrong = form.wrong.get(f"{who.name}.organisation.code")
        if form.holds(confirmed) or (wrong and "代码核对" in wrong.message):
            others.append(_laid_open(confirmed))
        inside["organisation"] = others
        inside["person"] = [
            _laid_open(each) if each.input is Input.GROUP else each for each in inside["person"]
        ]
        shown = _laid_open(renaming) if renamed else renaming
        acting = [entries[name] for name in ("legal_representative", "guardian", "own_income")]
        acting[1:] = [_laid_open(each) if minor else each for each in acting[1:]]
        return {"who": who, "inside": inside, "others": [*acting, shown]}

    def scan_entries(self, form: CommandForm) -> list[ScanEntries]:
        """For each material that may be asked for, in the order of the boxes."""
        scans = next(each for each in form.entries if each.name == "scans")
        filled = [*form.rows(scans)][:-1]
        rows = {form.value(row.inside[0]): n for n, row in enumerate(filled)}
        shown = []
        for material in self._materials:
            if material.code not in self.held:
                row = scans.row(rows.setdefault(material.code, len(rows)))
                code, file, until = row.inside
                facts = (material.code, material.name, file, until, form.holds(row))
                shown.append(ScanEntries(code, *facts))
        return shown

    def held_lines(self) -> list[Line]:
        """What the city holds, by whom and since when."""
        names = {each.code: each.name for each in self._materials}
        return [
            Line(names[code], f"{each.holder.name}，{in_chinese(each.held_on)}收到")
            for code, each in self.held.items()
        ]

    def supply_by(self, container: Container) -> str:
        """The day by which what is missing must come, if the notice is served today."""
        return due_text(self._supply_by(container)) if self._deferring else ""

    def summary(self, container: Container) -> dict[str, Sequence[Line]]:
        """What will be recorded, by step."""
        others = {n: v for n, v in self.form.values.items() if not n.startswith(_ELSEWHERE)}
        kind = CommitmentType(self.form.values["kind"][-1])
        submitted = set(self.form.values.get("submitted", ()))
        materials = [self._material(m, m.code in submitted, container) for m in self._materials]
        item = self.item.item
        return {
            "item": [Line("事项", f"{item.name}（{item.code}）"), Line("承诺类型", kind.label)],
            "applicant": replace(self.form, values=others).lines(),
            "materials": [*materials, Line("受理决定", self.acceptance.label)],
        }

    @property
    def acceptance(self) -> AtOpening:
        return AtOpening(self.form.values.get(ACCEPTANCE, (AtOpening.ACCEPTED,))[-1])

    def warnings(self, rows: Sequence[Row[Any]], ended: Mapping[UUID, Case]) -> list[Warning]:
        """The cases that are open, and those that a credit query has excluded."""
        told = []
        for row in rows:
            case = ended.get(row.case_id)
            title = f"{row.item_name}（{in_chinese(local_date(row.opened_at))}受理）"
            if case is None:
                stage = f"正在办理：{Stage(row.stage).label}"
                told.append(Warning(row.case_id, title, stage))
            elif excluded := case.last(e.CreditExcluded):
                grounds = "、".join(each.exclusion.label for each in excluded.answer.findings)
                told.append(Warning(row.case_id, title, f"信用查询有排除情形：{grounds}"))
        return told

    def _material(self, material: Material, is_in: bool, container: Container) -> Line:
        if held := self.held.get(material.code):
            return Line(material.name, f"{held.holder.name}已经持有，不向申请人索要")
        if is_in:
            return Line(material.name, f"收到{self._scanned(material)}")
        if not self._deferring:
            replaced = material.replaced_by_promise
            return Line(material.name, "由承诺替代" if replaced else "没有收到")
        by = due_text(self._supply_by(container))
        return Line(material.name, f"容缺，今天告知的，{by} 以前补交")

    def _scanned(self, material: Material) -> str:
        """Which file was attached, and until when the material is valid."""
        scans = (each for each in self.scan_entries(self.form) if each.code == material.code)
        for each in scans:
            if digest := self.form.value(each.file):
                until = self.form.value(each.valid_until)
                name = self.form.files.get(digest, "文件")
                return f"，电子件：{name}" + (f"，有效期至{until}" if until else "")
        return ""

    @property
    def _materials(self) -> Sequence[Material]:
        terms = self.item.terms
        return [m for weight in Weight for m in terms.of(weight)] if terms else []

    @property
    def not_asked(self) -> Sequence[Line]:
        """The materials of the item for which nobody may ask."""
        materials = self.item.terms.materials if self.item.terms else ()
        spared = (m for m in materials if not m.disposition.is_asked)
        return [Line(m.name, m.disposition.label) for m in spared]

    @property
    def _deferring(self) -> bool:
        return self.form.values.get("kind", ())[-1:] == (CommitmentType.DEFERRED_MATERIALS.value,)

    def _supply_by(self, container: Container) -> Deadline:
        assert self.item.terms, "an active item has terms"
        today, days = local_date(container.clock()), self.item.terms.periods.supplement
        return container.calendar.add(today, days, Party.APPLICANT)

    @staticmethod
    def _read(content: Mapping[str, Any]) -> OpenCase | ValidationError:
        try:
            return OpenCase.model_validate(content)
        except ValidationError as error:
            return error


def _without_empty_scans(posted: Posted) -> Posted:
    """The form without the rows of scans in which nothing but the material stands."""
    scans = {name: name.split(".")[1] for name in posted.fields if name.startswith("scans.")}
    filled = {
        row
        for name, row in scans.items()
        if not name.endswith(".material") and any(map(str.strip, posted.fields[name]))
    }
    kept = {n: v for n, v in posted.fields.items() if n not in scans or scans[n] in filled}
    return replace(posted, fields=kept)


def _laid_open(group: Entry) -> Entry:
    """The same group, shown open."""
    return replace(group, required=True)
