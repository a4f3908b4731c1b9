"""A walk through every page of the signed in: each role in turn, and the applicant at last."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Response

from application.access.permissions import Role
from domain.documents.content import verification_code

Look = Callable[[Page, str, str], None]
"""Is given each page with its name and its HTML as the server sent it."""
DIGEST = re.compile("^SHA-256 [0-9a-f]{64}$")
SAMPLES = Path(__file__).parents[2] / "api" / "demo" / "samples"


class Walker:
    """People who sign in, open pages and send forms in one tab, while `look` looks at each page."""

    def __init__(self, page: Page, tokens: Callable[[Role], str], look: Look) -> None:
        self.page, self._tokens, self._look = page, tokens, look
        self.paths: list[str] = []
        """The path of every page that was looked at."""
        self.stream, self.code, self.digest = "", "", ""
        """A case with some steps, and the code of its applicant: the clerk finds them.  The digest
        of a paper that was served in it: the auditor finds it."""
        self._who = ""
        self._answer: Response | None = None
        page.on("response", self._note)

    def _note(self, answer: Response) -> None:
        if answer.request.is_navigation_request() and not 300 <= answer.status < 400:
            self._answer = answer

    def sign_in(self, role: Role) -> None:
        self._who = role.value
        self.page.goto("/sign-in")
        self.page.get_by_label("令牌").fill(self._tokens(role))
        self.page.get_by_label("令牌").press("Enter")
        self.page.wait_for_url(re.compile("/(desk|audit|session)"))

    def leaves(self) -> None:
        self._who = "applicant"
        self.page.context.clear_cookies()

    def goes(self, address: str) -> None:
        """Opens a page on the way to another, without a look."""
        self.page.goto(address)

    def opens(self, *addresses: str) -> None:
        for address in addresses:
            self.page.goto(address)
            self.looks()

    def follows(self, selector: str) -> None:
        """Opens the first link that matches."""
        self.opens(self.link(selector))

    def link(self, selector: str) -> str:
        return self.page.locator(selector).first.get_attribute("href", timeout=3000) or ""

    def presses(self, button: str) -> None:
        """Presses the first button of this name, also one that is folded away."""
        named = self.page.get_by_role("main").get_by_role(
            "button", name=button, include_hidden=True
        )
        with self.page.expect_navigation():
            named.first.evaluate("button => button.form.requestSubmit(button)")

    def sends(self, button: str) -> None:
        """Presses a button, and looks."""
        self.presses(button)
        self.looks()

    def submits(self, form: str) -> None:
        """Sends the form with this id by its first button, as Enter does, and looks."""
        with self.page.expect_navigation():
            self.page.locator(f"#{form}").evaluate(
                "form => form.requestSubmit(form.querySelector('button[type=submit]'))"
            )
        self.looks()

    def looks(self) -> None:
        assert self._answer
        path = re.sub(r"^https?://[^/]+", "", self.page.url)
        self.paths.append(path.partition("?")[0].partition("#")[0])
        name = f"{self._who} {self._answer.request.method} {path}: {self.page.title()}"
        self._look(self.page, name, self._answer.text())


def walk(walker: Walker, folder: Path) -> None:
    """Every page, by whoever works at it."""
    for role, visit in VISITS.items():
        walker.sign_in(role)
        visit(walker, folder)
    walker.leaves()
    applicant(walker, folder)


def clerk(at: Walker, folder: Path) -> None:
    at.opens("/desk", "/desk?group=overdue", "/desk?action=nonsense")
    at.opens("/session", "/desk/handbook", "/desk/nosuch")
    at.goes("/desk?action=query")
    case = at.link(".what a").partition("#")[0]
    at.opens(case, f"{case}/papers/receipt")
    at.goes(f"{case}/withdraw")
    at.sends("核对")  # nothing typed
    at.page.get_by_label("撤回的原因").fill("暂缓开业")
    at.sends("核对")
    at.goes("/desk?action=commit")
    at.follows(".what a")
    at.stream = at.page.url.rpartition("/")[2].partition("#")[0]
    at.goes(f"/desk/cases/{at.stream}/renotify")
    at.sends("核对")  # nothing typed
    at.goes(f"/desk/cases/{at.stream}/slip")
    at.sends("生成查询码")
    at.code = at.page.locator(".slip-code").inner_text()
    takes_an_application(at)
    receives_an_application(at)


def takes_an_application(at: Walker) -> None:
    page = at.page
    at.opens("/desk/open")
    at.sends("承诺型")
    at.sends("下一步")  # nothing typed
    page.get_by_label("统一社会信用代码").first.fill("91411281MA9KXNT179")
    page.get_by_label("单位名称").fill("义马市示例商贸有限公司")
    at.sends("下一步")
    for material in page.get_by_role("checkbox").all():
        material.check()
    at.sends("下一步")
    at.sends("受理")


def receives_an_application(at: Walker) -> None:
    """One that is accepted later: what must be put right is asked, and comes."""
    page = at.page
    at.goes("/desk/open")
    at.presses("承诺型")
    page.get_by_label("统一社会信用代码").first.fill("91411281MA9KXNT179")
    page.get_by_label("单位名称").fill("义马市示例商贸有限公司")
    at.presses("下一步")
    page.get_by_label("收下材料").check()
    at.sends("下一步")
    at.sends("收下材料")
    case = re.sub("/papers/.*", "", page.url)
    at.opens(case, f"{case}/accept")
    page.get_by_label("怎样补正").last.fill("申请书没有盖章")
    at.submits("accept-ask")
    at.sends("一次告知补正")
    at.opens(f"{case}/complete")
    at.submits("complete")


def decision_officer(at: Walker, folder: Path) -> None:
    at.opens("/desk/decisions")
    at.follows(".card h2 a")
    at.opens(f"{at.page.url.partition('#')[0]}/check")
    at.sends("核对")  # nothing typed
    at.goes("/desk")
    at.follows(".what a")
    at.follows('.papers a[href^="/files/"]')


def inspector(at: Walker, folder: Path) -> None:
    at.opens("/desk/visits")
    visit = at.link(".card a")
    at.opens(visit)
    at.goes(f"{visit}/inspect")
    at.sends("核对")  # nothing typed


def legal_reviewer(at: Walker, folder: Path) -> None:
    at.opens("/desk/hearings")
    at.follows(".card h2 a")
    at.opens("/desk/law")  # no article yet
    at.goes("/desk/law/new")
    at.sends("核对")  # nothing typed
    at.page.get_by_label("容缺受理").check()
    at.page.get_by_label("条号").fill("第四十条")
    at.page.get_by_label("条文原文").fill("次要申请材料欠缺的，先行受理，并一次性告知补交期限。")
    at.page.get_by_label("施行日期").fill("2026-03-01")
    at.page.get_by_label("出处").fill("河南省人民代表大会常务委员会公报")
    at.sends("核对")
    at.sends("录入条文")


def hearing_chair(at: Walker, folder: Path) -> None:
    at.opens("/desk")


def supervisor(at: Walker, folder: Path) -> None:
    at.opens("/desk/board", f"/desk/cases/{at.stream}")


def catalog_admin(at: Walker, folder: Path) -> None:
    at.opens("/desk/catalogue")
    item = at.link("th a")
    at.opens(item)
    at.goes("/desk/catalogue/new")
    at.presses("再加一项")
    at.sends("核对")  # nothing typed
    at.goes(f"{item}/delist")
    at.page.get_by_label("移出的理由").fill("不再适用")
    at.sends("核对")
    at.opens("/desk/imports/catalogue")
    nonsense = folder / "nonsense.csv"
    nonsense.write_text("甲,乙\n1,2\n", "utf-8")
    for file in (nonsense, SAMPLES / "catalogue.csv"):
        at.page.get_by_label("文件").set_input_files(file)
        at.sends("检查")
    at.opens("/desk/law")
    at.goes(f"{at.link('th a')}/return")
    at.sends("核对")  # nothing typed


def credit_collector(at: Walker, folder: Path) -> None:
    at.opens("/desk/credit", "/desk/imports/credit")


def department_lead(at: Walker, folder: Path) -> None:
    at.opens("/desk/tolerance")
    at.goes("/desk/tolerance/new")
    at.sends("核对")  # nothing typed


def tolerance_reviewer(at: Walker, folder: Path) -> None:
    at.goes("/desk/tolerance")
    review = at.link("th a")
    at.opens(review, f"{review}/check")
    at.sends("核对")  # nothing typed


def auditor(at: Walker, folder: Path) -> None:
    stream = f"/audit/streams/{at.stream}"
    at.opens(f"{stream}?all=1", f"{stream}/1")
    at.digest = at.page.get_by_text(DIGEST).first.inner_text().rpartition(" ")[2]
    at.opens(f"{stream}/compare?from=1&to=2", "/audit/bundle", "/audit/exports")
    at.opens("/audit", "/audit/nosuch")
    at.opens("/audit/cases?stage=notified", "/audit/cases?stage=nonsense", "/audit/cases/person")
    at.page.get_by_role("textbox", name="证件号码").fill("411281190212169470")
    at.page.get_by_label("用途").fill("举报核实")
    at.sends("查找")
    at.opens(f"/audit/search?stream={at.stream}", "/audit/search?since=nonsense&person=nobody")
    at.opens("/audit/search?person=nobody")
    at.opens("/audit/reads?personal=1", "/audit/reads?since=nonsense")
    at.opens("/audit/tolerance?outcome=exempted", "/audit/evidence?find=7")
    at.goes("/audit/evidence")
    at.sends("核验")


def applicant(at: Walker, folder: Path) -> None:
    at.opens("/mine")
    at.page.get_by_role("textbox", name="查询码").fill("ABCD-EFGH-2345-6789")
    at.sends("查看")
    at.page.get_by_role("textbox", name="查询码").fill(at.code)
    at.sends("查看")
    at.opens("/mine/case/promise", "/mine/case/messages", "/mine/case/withdraw")
    at.page.get_by_label("撤回的原因").fill("暂缓开业")
    at.sends("核对")
    at.opens(f"/verify/{verification_code(at.digest)}", "/verify/nonsense")


VISITS: dict[Role, Callable[[Walker, Path], None]] = {
    Role.INTAKE_CLERK: clerk,
    Role.DECISION_OFFICER: decision_officer,
    Role.INSPECTOR: inspector,
    Role.LEGAL_REVIEWER: legal_reviewer,
    Role.HEARING_CHAIR: hearing_chair,
    Role.SUPERVISOR: supervisor,
    Role.CATALOG_ADMIN: catalog_admin,
    Role.CREDIT_COLLECTOR: credit_collector,
    Role.DEPARTMENT_LEAD: department_lead,
    Role.TOLERANCE_REVIEWER: tolerance_reviewer,
    Role.AUDITOR: auditor,
}
