"""The shell blocks of README.md, run word for word on both databases, print what README.md says."""

import re
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from rich.console import Console

from api.imports import load_catalogue, load_credit
from domain.values.workdays import Deadline, Party, local_date
from infrastructure.container import build
from infrastructure.database.markers import DEMO, set_mark
from infrastructure.settings import Settings
from tests.conftest import migrate
from tests.given import CALENDAR
from tests.journeys.conftest import SCRIPTS, Running, free_port
from tests.support.postgres import Server

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
SAMPLES = ROOT / "api" / "demo" / "samples"
BLOCK = re.compile(r"<!-- (story|refusals|evidence) -->\n```bash\n(.*?)```", re.DOTALL)
CHINESE_COMMENT = re.compile(r"# ([\u4e00-\u9fff]+)$", re.MULTILINE)

OFFICE = "义马市市场监督管理局"
CLERK, DECIDER = f"{OFFICE}窗口受理（w-01）", f"{OFFICE}审批决定（d-01）"
INSPECTOR, CHAIR = f"{OFFICE}监管核查（i-01）", f"{OFFICE}听证主持（h-01）"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database without a schema."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'xinnuo.db'}"
    server: Server = request.getfixturevalue("postgres")
    return server.create_database()


@pytest.fixture
def city(empty_url: str, tmp_path: Path) -> Iterator[Running]:
    """The running server, with the sample catalogue and the sample credit records."""
    settings = Settings(data_dir=tmp_path, database_url=empty_url, port=free_port())
    service, quiet = build(settings), Console(quiet=True)
    migrate(settings)
    load_catalogue(service, SAMPLES / "catalogue.csv", quiet)
    load_credit(service, SAMPLES / "credit.csv", quiet)
    set_mark(service.engine, DEMO, service.clock())  # only a demonstration has test certificates
    service.close()
    with Running(settings) as server:
        yield server.start()


def day(when: date | Deadline) -> str:
    if isinstance(when, Deadline):
        return day(when.on) + ("（暂定）" if when.provisional else "")
    return f"{when.year}年{when.month}月{when.day}日"


def well_before_midnight() -> date:
    """The local date, at least a minute before midnight: all blocks must run on one day."""
    while local_date(datetime.now(UTC)) != local_date(datetime.now(UTC) + timedelta(seconds=60)):
        time.sleep(1)
    return local_date(datetime.now(UTC))


def run_blocks(server: Running, folder: Path) -> dict[str, list[str]]:
    """The output of each block, by name; one shell runs all of them, as in a fresh checkout."""
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(SCRIPTS)
    blocks = dict(BLOCK.findall(README))
    script = "\n".join(f"echo '=== {name}'\n{block}" for name, block in blocks.items())
    shell = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        cwd=folder,
        env=server.environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert (shell.returncode, shell.stderr) == (0, "")
    parts = shell.stdout.split("=== ")[1:]
    return {name: lines for name, *lines in (part.splitlines() for part in parts)}


VERDICT = "失信等级一般，履行状态全部未履行"


def story_of(today: date) -> list[str]:
    """The expected output of the first block, line by line."""
    order = CALENDAR.add(today, 10, Party.APPLICANT)
    due = {"action": "rectify", "label": "限期整改", "about": None}
    due |= {"due_on": order.on.isoformat(), "provisional": order.provisional}
    conclusion = "整改不到位或者拒绝整改，已实施信用惩戒"
    replies = ["信用良好", "已准予", "6", "发现违诺", str(due), "整改未果", "10", "11", "已惩戒"]
    history = [f"{n} {sentence}" for n, sentence in enumerate(_sentences(today), start=1)]
    return [*replies, conclusion, *history, "已承诺"]


def _sentences(today: date) -> list[str]:
    def within(days: int, party: Party = Party.GOVERNMENT) -> str:
        return day(CALENDAR.add(today, days, party))

    code, measure = f"411281{today:%Y%m%d}000001", "列为重点审查对象，不适用告知承诺等简化程序"
    return [
        f"{CLERK}受理义马市示例商贸有限公司申请的“企业简易注销登记”，适用告知承诺型，事项第1版，收到材料3份",
        f"{CLERK}查询信用（内置信用登记册），没有不得适用信用承诺的情形，结果有效至{within(1)}",
        f"{CLERK}一次性告知办理条件3项、标准2项和违诺后果，请于{within(5, Party.APPLICANT)}前答复",
        f"{CLERK}收到信用承诺书（在窗口盖章，可靠电子签名，经本系统核验（PDF 文件内的电子签名）），"
        f"承诺编码{code}，应于{day(today)}前作出决定",
        f"{DECIDER}作出准予决定（义市监〔2026〕1号），核发批文《准予注销登记通知书》，"
        f"应于{within(20)}前核查，应于{within(10)}前送达",
        f"{CLERK}记录决定已于{day(today)}直接送达",
        f"{INSPECTOR}发现违诺（虚假承诺）：尚有未结清的债务，应于{within(3)}前责令整改",
        f"{INSPECTOR}责令限期整改：结清全部债务，期限至{within(10, Party.APPLICANT)}",
        f"{INSPECTOR}认定整改不到位：仍有一笔债务没有结清，"
        f"应于{day(today + timedelta(90))}前作出处理",
        f"{INSPECTOR}送达惩戒事先告知，拟{measure}，理由：虚假承诺且整改不到位；"
        f"陈述申辩期限至{within(5, Party.APPLICANT)}",
        f"{CHAIR}收到当事人放弃陈述申辩的书面材料",
        f"{DECIDER}依据其他行政决定书（义市监信〔2026〕1号）实施信用惩戒：{measure}，{VERDICT}",
    ]


def test_the_blocks_of_the_readme_print_what_it_says(city: Running, tmp_path: Path):
    today = well_before_midnight()
    printed = run_blocks(city, tmp_path)
    assert printed["story"] == story_of(today)
    forbidden, stale, refused, opened, again, bad_code, unlisted = printed["refusals"]
    assert (forbidden, stale) == ("403", "412")
    assert refused == "不能办理“一次性告知”：目前是“已惩戒”"
    assert UUID(opened) == UUID(again)
    assert bad_code.startswith("/body/applicant/organisation/code：统一社会信用代码校验不符；如果")
    assert unlisted == "该事项不在信用承诺事项清单内，清单外事项不予纳入"
    assert printed["evidence"] == ["核验通过", "核验不通过", "核验通过"]
    assert_the_penalty_is_public(city, f"411281{today:%Y%m%d}000001")


def assert_the_penalty_is_public(city: Running, code: str) -> None:
    page = city.client.get(f"/disclosures/{code}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    for words in ("义马市示例商贸有限公司", "失信惩戒", "列为重点审查对象", "债务没有结清"):
        assert words in page.text


def test_the_comments_of_the_readmes_blocks_are_their_output():
    blocks = dict(BLOCK.findall(README))
    comments = CHINESE_COMMENT.findall(blocks["story"])
    assert len(comments) >= 5
    assert set(comments) <= set(story_of(date(2026, 9, 28)))
    assert CHINESE_COMMENT.findall(blocks["evidence"]) == ["核验通过", "核验不通过", "核验通过"]
