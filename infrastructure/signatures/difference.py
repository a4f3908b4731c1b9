"""What a signer added to the served document: compares both by the library's rules for forms.

The library compares a signed document with a later one, so it expects a form in the first; a
served letter has none yet.  `/SigFlags` and `/Perms` only say that there is a signature, and what
it forbids.
"""

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, pdf_name
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DiffResult,
    DocInfoRule,
    FormUpdatingRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    XrefStreamRule,
)
from pyhanko.sign.diff_analysis.constants import (
    ACROFORM_EXEMPT_STRICT_COMPARISON,
    ROOT_EXEMPT_STRICT_COMPARISON,
)

_FORM, _FIELDS = pdf_name("/AcroForm"), pdf_name("/Fields")
_HARMLESS = (DocInfoRule(), XrefStreamRule(), ObjectStreamRule(), MetadataUpdateRule())
_SIGNING = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(ROOT_EXEMPT_STRICT_COMPARISON - {"/DSS"} | {"/Perms"}),
        *(rule.as_qualified(ModificationLevel.LTA_UPDATES) for rule in _HARMLESS),
    ],
    form_rule=FormUpdatingRule(
        [SigFieldCreationRule(allow_new_visible_after_certify=True), SigFieldModificationRule()],
        ACROFORM_EXEMPT_STRICT_COMPARISON | {"/SigFlags"},
    ),
)


def adds_only(field: str, signed: PdfFileReader, served: PdfFileReader) -> bool:
    """True if the signed document continues the served one, and adds this signature alone."""
    last = served.xrefs.total_revisions - 1
    if signed.xrefs.total_revisions <= last + 1:
        return False
    if signed.xrefs.get_startxref_for_revision(last) != served.last_startxref:
        return False  # its tables go on from another document than the served one
    found = _SIGNING.review_file(signed, _with_a_form(signed.get_historical_resolver(last)))
    return (
        isinstance(found, DiffResult)
        and found.modification_level <= ModificationLevel.FORM_FILLING
        and found.changed_form_fields <= {field}
    )


def _with_a_form(before: HistoricalResolver) -> HistoricalResolver:
    """The same revision, with an empty form if it has none; the file does not change."""
    if _FORM not in before.root:
        before.root[_FORM] = DictionaryObject({_FIELDS: ArrayObject()})
    return before
