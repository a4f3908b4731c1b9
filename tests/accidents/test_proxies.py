"""Behind the proxies found in practice, with the real nginx: nothing they do breaks a command."""

import json
import re
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree, which
from threading import Thread
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from httpx2 import Client, TransportError
from uvicorn import Config, Server

from api.app import create_app
from api.http.protocol.grammar import SPEAKING
from infrastructure.evidence.bundle_check import check
from infrastructure.settings import Settings
from tests.api.conftest import Badges, Walk, furnish
from tests.conftest import Clock, tokens_of
from tests.journeys.conftest import free_port
from tests.papers import named

NGINX = which("nginx") or "/usr/sbin/nginx"
NAME = "xinnuo.yima.gov.cn"
START = 5.0  # seconds


# the service and nginx, each in this run --------------------------------------------------------


@contextmanager
def live(app: FastAPI) -> Iterator[int]:
    """Serves the application as `xinnuo serve` does, on a free port, in a thread of its own."""
    port = free_port()
    quiet = {"log_level": "warning", "access_log": False, "loop": "uvloop"}
    server = Server(Config(app, "127.0.0.1", port, **quiet, **SPEAKING))
    thread = Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield port
    finally:
        server.should_exit = True
        thread.join()


class Proxy(NamedTuple):
    """How nginx is configured, and the address at which the service is then reached."""

    server: str
    public: str
    settings: dict[str, str]
    more: str = ""


PLAIN = "location / { proxy_pass http://127.0.0.1:%(up)s; }"
PROXIES = {
    "as simple as can be": Proxy(
        PLAIN, "http://127.0.0.1:%(port)s", {"public_url": "http://127.0.0.1:%(port)s"}
    ),
    "TLS ends at the proxy": Proxy(
        """
        ssl_certificate %(folder)s/cert.pem; ssl_certificate_key %(folder)s/key.pem;
        location / {
            proxy_pass http://127.0.0.1:%(up)s;
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        }""",
        "https://127.0.0.1:%(port)s",
        {"public_url": "https://127.0.0.1:%(port)s"},
    ),
    "compresses, speaks HTTP/1.0, does not pass the host": Proxy(
        """
        gzip on; gzip_types *; gzip_min_length 0; gzip_proxied any; gzip_vary on;
        location / { proxy_pass http://xinnuo_app; proxy_http_version 1.0; }""",
        f"http://{NAME}:%(port)s",
        {"public_url": f"http://{NAME}:%(port)s"},
        "upstream xinnuo_app { server 127.0.0.1:%(up)s; }",
    ),
    "another name and port, rewrites redirects and slashes": Proxy(
        f"""
        server_name {NAME}; merge_slashes on; large_client_header_buffers 8 32k;
        location / {{
            proxy_pass http://127.0.0.1:%(up)s/;
            proxy_redirect http://127.0.0.1:%(up)s/ /;
            proxy_set_header Host $host;
            proxy_set_header Accept-Encoding "";
            proxy_pass_request_headers on;
            proxy_buffering on;
        }}""",
        f"http://{NAME}:%(port)s",
        {"public_url": f"http://{NAME}:%(port)s"},
    ),
    "under a path, which it takes off": Proxy(
        """
        location /credit/ {
            proxy_pass http://127.0.0.1:%(up)s/;
            proxy_set_header X-Forwarded-Host $http_host;
        }""",
        "http://127.0.0.1:%(port)s/credit",
        {"public_url": "http://127.0.0.1:%(port)s/credit"},
    ),
    "under a path, which it leaves on": Proxy(
        "location /credit/ { proxy_pass http://127.0.0.1:%(up)s; proxy_http_version 1.1; }",
        "http://127.0.0.1:%(port)s/credit",
        {"public_url": "http://127.0.0.1:%(port)s/credit"},
    ),
}
CONFIGURATION = """
daemon off; pid %(folder)s/pid; error_log %(folder)s/error.log;
events {}
http {
    access_log off;
    client_body_temp_path %(folder)s/body; proxy_temp_path %(folder)s/proxied;
    fastcgi_temp_path %(folder)s/f; uwsgi_temp_path %(folder)s/u; scgi_temp_path %(folder)s/s;
    %(more)s
    server { listen 127.0.0.1:%(port)s%(tls)s; %(server)s }
}"""


@contextmanager
def nginx(proxy: Proxy, folder: Path, **places: object) -> Iterator[None]:
    """Runs nginx until the block ends."""
    facts = {"folder": folder, "tls": " ssl" if "https" in proxy.public else ""} | places
    if facts["tls"]:
        _self_signed(folder)
    parts = {"server": proxy.server % facts, "more": proxy.more % facts}
    (folder / "nginx.conf").write_text(CONFIGURATION % (facts | parts))
    command = [NGINX, "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with subprocess.Popen(command) as process:
        try:
            yield
        finally:
            process.terminate()


def _self_signed(folder: Path) -> None:
    made = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(["openssl", *made.split(), *files], check=True, capture_output=True)


class Behind(NamedTuple):
    client: Client
    public: str
    as_: Badges
    root: str
    app: FastAPI


@pytest.fixture(params=PROXIES)
def behind(
    request: pytest.FixtureRequest, migrated_sqlite: Path, tmp_path: Path, clock: Clock
) -> Iterator[Behind]:
    """The service behind one of the proxies; the client connects to the proxy."""
    proxy, port = PROXIES[request.param], free_port()
    copytree(migrated_sqlite.parent, tmp_path, dirs_exist_ok=True)
    chosen = {name: value % {"port": port} for name, value in proxy.settings.items()}
    settings = Settings(data_dir=tmp_path, poll_seconds=0.05, **chosen)
    app = create_app(settings, clock)
    public = proxy.public % {"port": port}
    host = urlsplit(public)
    with live(app) as up, nginx(proxy, tmp_path, up=up, port=port):
        furnish(app.state.container)
        untrusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        untrusting.check_hostname, untrusting.verify_mode = False, ssl.CERT_NONE
        address = f"{host.scheme}://127.0.0.1:{port}{host.path}"
        with Client(base_url=address, verify=untrusting, headers={"Host": host.netloc}) as client:
            _wait(client)
            as_ = Badges(tokens_of(settings.keys_dir), clock)
            yield Behind(client, public, as_, host.path, app)


def _wait(client: Client) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end:
        try:
            if client.get("livez").is_success:
                return
        except TransportError:
            time.sleep(0.02)
    raise TimeoutError("nginx did not start: is it installed?")


class Through(Walk):
    """A case driven through the proxy; every command repeats the tag of the answer before."""

    def post(self, verb, body, **headers):
        address = f"api/v1/cases/{self.view['id']}/{verb}" if self.view else "api/v1/cases"
        spelt = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.view:
            read = self.client.get(f"api/v1/cases/{self.view['id']}", headers=self.as_("auditor"))
            spelt["If-Match"] = read.headers["ETag"]
        who = {"Authorization": spelt["Authorization"]}
        for paper in named(json.dumps(body)):
            sent = self.client.post("api/v1/files", files={"file": paper}, headers=who)
            assert sent.is_success, sent.text
        return self.client.post(address, json=body, headers=spelt)


# through each of them ---------------------------------------------------------------------------


def test_every_proxy_passes_commands_reads_and_bundles(behind: Behind, subtests: pytest.Subtests):
    client = behind.client
    case = Through(client, behind.as_).to("granted")
    address, auditor = f"api/v1/cases/{case.view['id']}", case.as_("auditor")
    with subtests.test("the tag arrives strong, by HEAD as by GET"):
        read, head = (client.request(m, address, headers=auditor) for m in ("GET", "HEAD"))
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["ETag"] == read.headers["ETag"] == f'"{case.view["version"]}"'
    with subtests.test("an outdated version is refused"):
        stale = client.post(f"{address}/inspect", headers=auditor | {"If-Match": '"1"'})
        assert stale.status_code in (403, 412, 422)
    with subtests.test("the bundle arrives whole"):
        bundle = client.get(f"{address}/bundle", headers=auditor).content
        assert check(bundle, behind.app.state.container.log_keys)
    with subtests.test("a created case is where its Location says"):
        opened = Through(client, behind.as_).attempt("opened")
        place = urlsplit(opened.headers["Location"]).path
        assert place == f"{behind.root}/api/v1/cases/{opened.json()['id']}"
        assert client.get(place.removeprefix(f"{behind.root}/"), headers=auditor).is_success


def test_every_proxy_lets_people_sign_in_and_nobody_else_act_for_them(behind: Behind):
    client, root = behind.client, behind.root
    origin = behind.public.removesuffix(root)
    sent = client.get("session")
    assert (sent.status_code, urlsplit(sent.headers["Location"]).path) == (303, f"{root}/sign-in")
    assert urlsplit(sent.headers["Location"]).netloc in ("", urlsplit(origin).netloc)
    token = behind.as_("auditor")["Authorization"].removeprefix("Bearer ")
    form = {"token": token, "next": "/session"}
    signed_in = client.post("sign-in", data=form, headers={"Origin": origin})
    assert signed_in.status_code == 303, signed_in.text
    assert urlsplit(signed_in.headers["Location"]).path == f"{root}/session"
    secret = signed_in.headers["set-cookie"].partition(";")[0]
    assert secret.startswith("__Host-xinnuo=" if "https" in origin else "xinnuo=")
    for foreign in ("https://evil.example", "null", origin.replace("//", "//x.")):
        theirs = {"Origin": foreign, "Cookie": secret}
        assert client.post("sign-out", headers=theirs).status_code == 403
    page = client.get("session", headers={"Cookie": secret})
    assert page.status_code == 200
    links = re.findall(r'(?:href|src|action)="(/[^"]*)', page.text)
    assert links
    assert [link for link in links if not link.startswith(f"{root}/")] == []
    assert ("strict-transport-security" in page.headers) is ("https" in origin)
