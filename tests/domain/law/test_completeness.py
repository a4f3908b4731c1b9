"""No text shown to people writes an article or an act itself: it names a basis of the lawbook.

What is read: every string of the program that is not a docstring, the docstrings of rules (which
are reasons shown), and every template.  What may cite by itself is said below, with the reason.
"""

import ast
import csv
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from domain.law.articles import BASES
from domain.law.lawbook import NAMED
from tests.domain.law.citations import ARTICLE, faults
from tests.domain.test_lifecycle import RULES

ROOT = Path(__file__).parents[3]
LAYERS = ("domain", "application", "projections", "infrastructure", "api")
CITES = re.compile(
    rf"{ARTICLE}"
    r"|《[^》]*(?:法|条例|办法|规定|意见|通知|方案|方案（试行）)》"
    r"|(?:法|条例|办法)\s?第?\s?\d+"
    r"|(?:国办发|国发|国令|义政数|国务院令|委令)(?:〔\d{4}〕|第)\d+号"
    r"|工作方案\s*(?:[一二三四五六](?:·|$|[^个份])|第[一二三四五六]部分)"
)
MAY_CITE = {
    "domain/law/acts.py": "the table itself",
    "domain/law/articles.py": "the table itself",
    "domain/wording/values.py": "the form in which a number is typed",
    "application/law/commands.py": "an example body of the API",
}
"""Files whose strings may hold the name of an act, with the reason."""
OLD_WORDING = re.compile(r"河南省优化营商环境条例\s?\d+")
"""For programmers too, an article of the act before its revision is a wrong one now."""


def strings_of(source: str) -> Iterator[tuple[int, str]]:
    """The strings of a module that are no docstrings, whole, with their lines."""
    tree = ast.parse(source)
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in docstrings:
            yield node.lineno, node.value


def modules() -> list[Path]:
    return [path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))]


def templates() -> list[Path]:
    return sorted((ROOT / "api" / "site").rglob("*.html"))


def test_no_string_of_the_program_cites_an_article_by_itself():
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in modules()
        if str(path.relative_to(ROOT)) not in MAY_CITE
        for line, text in strings_of(path.read_text())
        if CITES.search(text)
    ]
    assert found == []


def test_no_reason_of_a_rule_cites_an_article_by_itself():
    assert [rule.__name__ for rule in RULES if CITES.search(rule.__doc__ or "")] == []


def test_no_template_cites_an_article_by_itself():
    found = [f"{path.name}: {m[0]}" for path in templates() for m in _cited(path)]
    assert found == []


def _cited(path: Path) -> list[re.Match[str]]:
    return list(CITES.finditer(path.read_text()))


def test_every_basis_that_a_text_names_is_in_the_table_and_every_one_is_used():
    sources = [path.read_text() for path in (*modules(), *templates())]
    named = {basis for source in sources for basis in NAMED.findall(source)}
    asked = re.compile(r"""(?:cited|named)\(\s*["']([^"']+)["']""")
    called = {basis for source in sources for basis in asked.findall(source)}
    assert named | called == set(BASES)


def test_a_rule_that_names_a_basis_is_told_where_the_day_is_known():
    """Rules outside the lifecycles are shown as they are, so they may name none."""
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and NAMED.search(ast.get_docstring(node) or ""):
                shown = {rule.__doc__ for rule in RULES}
                assert node.body[0].value.value in shown, f"{path}:{node.name}"  # type: ignore


def test_docstrings_for_programmers_may_quote_but_not_the_act_as_it_was_before_its_revision():
    found = [str(path) for path in modules() if OLD_WORDING.search(path.read_text())]
    assert found == []


def test_the_samples_of_the_demonstration_cite_what_is_in_force():
    """What each department types of its own law (设定依据, 行政许可法 in 违诺后果) is its own."""
    with (ROOT / "api/demo/samples/catalogue.csv").open(encoding="utf-8-sig") as file:
        rows = [{k: v for k, v in row.items() if k != "设定依据"} for row in csv.DictReader(file)]
    told = " ".join(text for row in rows for text in row.values() if text)
    told = told.replace("行政许可法第六十九条、第七十九条", "")
    assert faults(told, date(2026, 11, 27)) == set()


@pytest.mark.parametrize(
    "text",
    [
        "依照《河南省优化营商环境条例》第三十五条公布",
        "不能免责（河南省优化营商环境条例 第八十一条）",
        "依照行政处罚法第33条",
        "公务员法 95",
        "国办发〔2020〕49号",
        "《河南省社会信用条例》",
        "签署日期不能晚于今天（工作方案 四·二）",
        "决定日期不能晚于今天（工作方案 五）",
    ],
)
def test_a_text_with_an_article_outside_the_table_would_be_found(text):
    module = f'"""A docstring."""\nWORDS = "{text}"\nMORE = f"{{WORDS}}{text}"\n'
    assert [line for line, said in strings_of(module) if CITES.search(said)] == [2, 3]


@pytest.mark.parametrize("text", ["依法记入失信记录", "义市监〔2026〕1号", "工作方案的节点"])
def test_other_words_are_no_citations(text):
    assert not CITES.search(text)
