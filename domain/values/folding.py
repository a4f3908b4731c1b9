"""The one folding of texts for comparison: what a person takes for the same text compares equal.

A folded text is never stored in place of the text, and never shown.  It serves searches, the keys
of registers, the numbers of documents and the ids of persons.
"""

import unicodedata
from itertools import groupby

from domain.values.characters import CODE, INVISIBLE, SPACES, of_category

_RADICALS = (
    "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄"
    "⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲㇆㇏㇐㇑㇒㇓㇔㇕㇖㇗㇘㇙㇚㇛㇜㇝㇞㇟㇠㇡",
    "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西"
    "见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀𠃌乀一丨丿丿丶𠃍乛𠃊𠃎𠄌亅𡿨𠃋乀𠃑乚乙𠄎",
)
"""Radicals and strokes that PDF files yield, with Unicode's EquivalentUnifiedIdeograph.

Only those that NFKC leaves as they are; NFKC maps the 214 Kangxi radicals.
"""

# fmt: off
_LOOKALIKES = {
    # folds to   what looks like it in print
    "·":         ".•‧・∙⋅⸱⸳᛫ꞏ●⦁⋯",
    "-":         "‐‑‒–—―−﹘⁃─━╌⸺⸻˗",
    "~":         "〜∼∽˷⁓〰",
    '"':         "'“”‘’„‟‚‛′‵ʹʺʻʼʽˈ`´「」『』〝〞〟",
    "(":         "[{〔【〖〘〚⟦⦅❨❲❴⁅⟬",
    ")":         "]}〕】〗〙〛⟧⦆❩❳❵⁆⟭",
    "<":         "《〈‹«⟨⟪❬❮",
    ">":         "》〉›»⟩⟫❭❯",
    "/":         "∕⁄╱⧸",
    "|":         "∣│┃❘",
    ":":         "∶ː꞉",
    "*":         "∗✱⁎",
    "〇":        "○◯⚪⭘",
    # letters of other alphabets whose capital or small form prints like the Latin one
    "a": "аα", "b": "вβ", "c": "сϲ", "e": "еε", "h": "нηһ", "i": "іι", "j": "ј", "k": "кκ",
    "m": "мμ", "n": "ν", "o": "оο", "p": "рρ", "s": "ѕ", "t": "тτ", "x": "×✕✖хχ", "y": "уυү",
    "z": "ζ",
    # katakana for the ideographs that scanners take them for
    "一": "ー", "二": "ニ", "八": "ハ", "力": "カ", "口": "ロ囗", "工": "エ", "夕": "タ",
    "卜": "ト", "才": "オ", "厶": "ム", "千": "チ", "又": "ヌ",
    # forms of one ideograph that fonts exchange
    "户": "戶戸", "青": "靑", "清": "淸", "高": "髙", "黄": "黃", "吕": "呂", "温": "溫",
    "录": "録", "内": "內", "别": "別", "争": "爭", "净": "淨",
}
# fmt: on
"""Characters that look alike in print; those that NFKC folds are not repeated here."""
DOTS = "·" + _LOOKALIKES["·"]
"""The dots of names; NFKC folds their full-width and small forms to one of these."""

_FOLDS: dict[int, str | None] = (
    {code: str(unicodedata.decimal(chr(code))) for code in of_category("Nd")}
    | dict(zip(map(ord, _RADICALS[0]), _RADICALS[1], strict=True))
    | {ord(each): to for to, alike in _LOOKALIKES.items() for each in alike}
    | dict.fromkeys(INVISIBLE | SPACES)
)
_HALF_WIDTH = {code: chr(code - 0xFEE0) for code in range(ord("！"), ord("～") + 1)}
_UPPER = {code: chr(code).upper() for code in range(ord("a"), ord("z") + 1)}


def fold(text: str) -> str:
    """Returns the text as comparisons see it.

    Makes no difference: case, width, spaces, invisible characters, the kind of brackets, quotes and
    dashes, radicals for ideographs, letters that print alike.  A dot counts between digits only.
    """
    while (folded := _folded_once(text)) != text:  # one change may enable another
        text = folded
    return text


def _folded_once(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text.translate(_FOLDS)).casefold()
    plain = unicodedata.normalize("NFKC", plain).translate(_FOLDS)
    return _without_dots(plain) if "·" in plain else plain


def _without_dots(text: str) -> str:
    around = f" {text} "
    return "".join(
        each
        for before, each, after in zip(around, text, around[2:], strict=False)
        if each != "·" or (before.isdecimal() and after.isdecimal())
    )


def number_key(number: str) -> str:
    """Returns a document number as comparisons see it: 〔2026〕第07号 and [2026]7 are the same.

    Beyond `fold`, leading zeros, 第 before digits and 号 at the end make no difference.
    """
    runs = [(of_digits, "".join(run)) for of_digits, run in groupby(fold(number), str.isdecimal)]
    return "".join(
        (run.lstrip("0") or "0") if of_digits else run.removesuffix("第") for of_digits, run in runs
    ).removesuffix("号")


def code_key(text: str) -> str:
    """Returns a code as searches compare it: tidied, without the spaces and dashes of its groups.

    Raises ValueError for a control character.
    """
    return "".join(each for each in tidy(text) if fold(each) not in ("", "-"))


def tidy(text: str) -> str:
    """Returns a typed code in half-width characters and upper case, without surrounding space.

    Invisible characters and the text mark of a spreadsheet are dropped.  Only ASCII letters change
    case: 'ı' must not become 'I'.  Raises ValueError for a control character.
    """
    code = CODE.of(text).translate(_HALF_WIDTH).translate(_UPPER)
    return code.removeprefix("'").strip() if code.startswith("'") else code
