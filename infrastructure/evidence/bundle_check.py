#!/usr/bin/env python3
"""核验信诺证据包：只需要 Python 3.9 以上，不需要别的软件，不需要联网。

用法:  python3 verify.py 证据包.zip 公钥 [公钥…]
公钥和本程序请从公示网站另行取得（/log/keys、/log/verify.py），不要只用包里的这一份。
核对：包内每个字节；包内每个事件都在签了名的日志里，从第一个起没有缺号；文书的散列写在事件里。
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import sys
import zipfile
from collections.abc import Callable

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
LENGTHS = {b"\1": 4 + 64, b"\4": 4 + 8 + 64}  # key hash; time, of a witness only; R and S
D = -121665 * pow(121666, P - 2, P) % P  # Ed25519 (RFC 8032), verification only


Check = Callable[[bytes, bytes, bytes], bool]


class Broken(Exception):
    """核验不通过：str(error) 说明哪里不对。"""


def need(holds: object, what: str) -> None:
    if not holds:
        raise Broken(what)


def point(encoded: bytes) -> tuple[int, int, int]:
    odd, y = divmod(int.from_bytes(encoded, "little"), 2**255)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    need(y < P and (x * x - square) % P == 0 and (x or not odd), "公钥或者签名不是曲线上的点")
    return (P - x if x % 2 != odd else x), y, 1


def times(number: int, this: tuple[int, int, int]) -> tuple[int, int, int]:
    total = (0, 1, 1)
    for bit in bin(number)[2:]:
        total = plus(total, total)
        total = plus(total, this) if bit == "1" else total
    return total


def plus(one: tuple[int, int, int], two: tuple[int, int, int]) -> tuple[int, int, int]:
    (x1, y1, z1), (x2, y2, z2) = one, two
    a, e = z1 * z2, D * x1 * x2 * y1 * y2
    f, g = a * a - e, a * a + e
    return a * f * (x1 * y2 + x2 * y1) % P, a * g * (y1 * y2 + x1 * x2) % P, f * g % P


def signed_by(public: bytes, signature: bytes, text: bytes) -> bool:
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(r + public + text).digest(), "little") % L
    x1, y1, z1 = times(s, point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")))
    x2, y2, z2 = plus(point(r), times(k, point(public)))
    return s < L and (x1 * z2 - x2 * z1) % P == (y1 * z2 - y2 * z1) % P == 0


def decoded(text: str) -> bytes:
    """Decodes Base64.  Raises Broken unless the text is the one canonical encoding."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = b""
    need(base64.b64encode(data).decode() == text, "编码有误")
    return data


def verifier_key(key: str) -> tuple[str, str, bytes]:
    """Returns name, hash and public key of a signed-note verifier key.  Raises Broken."""
    name, hashed, public = (*key.strip().split("+", 2), "", "")[:3]
    material = decoded(public)
    mine = hashlib.sha256(f"{name}\n".encode() + material).hexdigest()[:8]
    need(mine == hashed and material[:1] in LENGTHS, "公钥有误")
    return name, hashed, material


def opened(note: str, keys: list[str], *, alone: bool = False, check: Check = signed_by) -> str:
    """Returns the text of a signed note (C2SP signed-note) that one of the keys has signed.

    Signatures of other keys are ignored; if `alone`, no other signature may be present.  `check`
    says whether a public key has signed a text.
    """
    text, _, lines = note.rpartition("\n\n")
    need(not alone or lines.count("\n") == 1, "签名多于一个")
    for key in keys:
        name, hashed, material = verifier_key(key)
        for line in lines.split("\n"):
            if line.startswith(f"— {name} "):
                data = decoded(line[len(name) + 3 :])
                if data[:4].hex() == hashed and len(data) == LENGTHS[material[:1]]:
                    at = int.from_bytes(data[4:-64], "big")  # time of a witness (cosignature/v1)
                    seen = f"cosignature/v1\ntime {at}\n" if data[4:-64] else ""
                    whole = f"{seen}{text}\n".encode()
                    need(check(material[1:], data[-64:], whole), "签名不对")
                    return text
    raise Broken("没有所给公钥的签名")


def checkpoint_of(note: str, keys: list[str]) -> tuple[str, int, bytes]:
    """Returns origin, size and root of a checkpoint (tlog-checkpoint) signed by one of the keys."""
    return parts_of(opened(note, keys), keys)


def parts_of(text: str, keys: list[str]) -> tuple[str, int, bytes]:
    """Returns origin, size and root; a log signs for its own origin only, a witness for any."""
    origin, size, root = (*text.split("\n"), "", "", "")[:3]
    need(re.fullmatch("0|[1-9][0-9]*", size), "检查点有误")
    logs = {key.split("+")[0] for key in keys if decoded(key.strip().split("+", 2)[2])[:1] == b"\1"}
    need(not logs or origin in logs, "是另一个日志的检查点")
    return origin, int(size), decoded(root)


def root_over(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Returns the root computed from a leaf hash and its audit path (RFC 9162 2.1.3.2)."""
    last, hashed = size - 1, leaf
    for other in path:
        need(last, "证明路径过长")
        if index % 2 or index == last:
            hashed = hashlib.sha256(b"\1" + other + hashed).digest()
            while index % 2 == 0 and index:
                index, last = index >> 1, last >> 1
        else:
            hashed = hashlib.sha256(b"\1" + hashed + other).digest()
        index, last = index >> 1, last >> 1
    need(last == 0 and index == 0, "证明路径过短")
    return hashed


def packed(files: dict[str, bytes]) -> bytes:
    """Returns a deterministic ZIP of the files: no compression, fixed timestamps."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as bundle:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3
            bundle.writestr(entry, content)
    return archive.getvalue()


def check(archive: bytes, keys: list[str]) -> str:
    """Returns a sentence that says what the bundle proves.  Raises Broken if it proves nothing."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as bundle:
            files = {name: bundle.read(name) for name in bundle.namelist()}
        return _proved(archive, files, keys)
    except Broken:
        raise
    except Exception as error:
        raise Broken(f"文件损坏（{type(error).__name__}）") from error


def _proved(archive: bytes, files: dict[str, bytes], keys: list[str]) -> str:
    heading, *lines = opened(files["MANIFEST"].decode(), keys, alone=True).split("\n")
    listed = {name: hashlib.sha256(files[name]).hexdigest() for name in files if name != "MANIFEST"}
    need(lines == [f"{hashed}  {name}" for name, hashed in listed.items()], "包内文件与清单不符")
    need(archive == packed(files), "压缩包本身被改动过")
    origin, size, root = checkpoint_of(files["checkpoint.txt"].decode(), keys)
    stream, leaves = heading.split(" ")[-1], ""
    events = json.loads(files["events.json"])
    for version, event in enumerate(events, 1):
        leaf = hashlib.sha256(b"\0" + event["leaf"].encode()).digest()
        path = [decoded(each) for each in event["proof"]]
        here = f"第{version}个事件"
        need(root_over(leaf, event["position"] - 1, size, path) == root, f"{here}不在日志里")
        envelope = json.loads(event["leaf"].split("\n", 1)[0])
        need((envelope["stream_id"], envelope["version"]) == (stream, version), f"{here}不属于本案")
        leaves += event["leaf"]
    for name in files:
        folder, _, digest = name.partition(".")[0].partition("/")
        if folder == "documents":
            need(listed[name] == digest and digest in leaves, f"{name} 的散列不在事件里")
    return f"核验通过：{stream} 的{len(events)}个事件都在日志 {origin} 的前{size}个事件之中"


if __name__ == "__main__":
    try:
        with open(sys.argv[1], "rb") as file:
            print(check(file.read(), sys.argv[2:]))
    except (Broken, OSError, IndexError) as error:
        sys.exit(f"核验不通过：{error}")
