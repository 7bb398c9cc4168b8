# ruff: noqa: E501 - a pattern reads better whole
"""Numbers with units: temperature, age, pressure, glucose, oxygen, blood values, tablets, duration, weeks of pregnancy.

What a number means is data (`measures.yml`); how it is read stands here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .errors import DataError
from .source import Table, read

_WORDS = {
    word: at for at, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
}
_WORDS.update(
    {"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "dozen": 12, "a": 1, "an": 1, "couple": 2}
)
_DIGITS = {char: at for at, char in enumerate("零一二三四五六七八九")} | {"两": 2, "半": 0.5}
_TENS = r"(?:twenty|thirty|forty|fifty)[ -](?:one|two|three|four|five|six|seven|eight|nine)"
_EN = rf"(\d+(?:\.\d+)?|a couple of|a dozen|{_TENS}|" + "|".join(sorted(_WORDS, key=len, reverse=True)) + r")"
_ZH = r"(\d+(?:\.\d+)?|[零一二两三四五六七八九十百半]+)"
_DAYS = {
    "d": 1.0,
    "w": 7.0,
    "m": 30.4,
    "y": 365.25,
    "天": 1.0,
    "日": 1.0,
    "周": 7.0,
    "星": 7.0,
    "月": 30.4,
    "个": 30.4,
    "岁": 365.25,
}
_MINUTES = {"s": 1 / 60, "mi": 1.0, "h": 60.0, "d": 1440.0, "w": 10080.0, "mo": 43800.0, "y": 525960.0}
_MINUTES_ZH = {
    "分": 1.0,
    "小": 60.0,
    "天": 1440.0,
    "周": 10080.0,
    "星": 10080.0,
    "个": 43800.0,
    "月": 43800.0,
    "年": 525960.0,
}
_CHILD = r"(?:宝宝|孩子|婴儿|宝贝|女儿|儿子|娃|小孩|幼儿|丫头|闺女|bb|仔|囡)"

Reading = tuple[float, int, int]
Reader = Callable[[str], Iterator[Reading]]


def number(text: str) -> float:
    """The value of a number in digits, English words or Chinese characters. Raises ValueError."""
    text = text.strip().removeprefix("a ").removesuffix(" of") if len(text) > 1 else text
    if text in _WORDS:
        return _WORDS[text]
    if text[0].isdigit():
        return float(text)
    tens, _, ones = text.replace("-", " ").partition(" ")
    if tens in _WORDS and ones in _WORDS:
        return _WORDS[tens] + _WORDS[ones]
    return _chinese(text)


def _chinese(text: str) -> float:
    total, digit = 0.0, 0.0
    for char in text:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        elif char in _DIGITS:
            digit = _DIGITS[char]
        else:
            raise ValueError(f"not a number: {len(text)} characters")
    return total + digit


def _found(pattern: str, value: Callable[[re.Match[str]], float | None], needs: str = "") -> Reader:
    """A reader of numbers. A text with none of the words of `needs` is not searched, which is most of them."""
    compiled = re.compile(pattern)
    words = needs.split()

    def reader(text: str) -> Iterator[Reading]:
        if words and not any(word in text for word in words):
            return
        for match in compiled.finditer(text):
            read_value = value(match)
            if read_value is not None:
                yield read_value, match.start(), match.end()

    return reader


def _celsius(match: re.Match[str]) -> float | None:
    value = number(match["n"]) + (number(match["tenth"]) / 10 if match["tenth"] else 0)
    if 33 <= value <= 43.5:
        return value
    return (value - 32) / 1.8 if 92 <= value <= 110 else None


_DEGREES = r"(?:°\s*[cf]?|º\s*[cf]?|℃|℉|degrees?(?: celsius| fahrenheit| c\b| f\b)?|deg\b|celsius|fahrenheit|[cf]\b|度(?P<tenth>[一二两三四五六七八九\d]\b|半)?)"
_HEAT = (
    r"(?:temp(?:erature|s)?|fever(?:ish)?|thermometer|体温|耳温|腋温|额温|肛温|口温|探热|发烧|高烧|发热|烧到|烧|热度)"
)
_HEAT_WORDS = "temp fever therm 温 热 烧"
_VALUE_C = r"(?P<n>\d{2,3}(?:\.\d+)?|[三四]十[一二三四五六七八九]?)"


# Other things that come in tenths: money, sizes, weights, laboratory values.
_OTHER_TENTHS = re.compile(
    r"(?:[£$€¥#/]|\d\s?[+-]|size|bmi|weigh\w*|waist|sugars?|glucose|hba1c|page|version|room|shoes?|尺码|体重|鞋|血糖|价格|版本|糖化)"
    r"[^\d.!?。]{0,12}$"
)


def _bare_celsius(match: re.Match[str]) -> float | None:
    """38.9 without a word or unit: in a message to a hospital that is a temperature, if nothing says otherwise."""
    before = match.string[max(0, match.start() - 24) : match.start()]
    return None if _OTHER_TENTHS.search(before) else float(match["n"])


def _days(match: re.Match[str]) -> float:
    return number(match["n"]) * _DAYS[match["unit"][0]]


def _young(match: re.Match[str]) -> float:
    return number(match["n"]) * (1 if match["unit"] in "天日" else 7)


def _newborn(match: re.Match[str]) -> float | None:
    value = number(match["n"])
    return value if value > 7 else None


def _due(match: re.Match[str]) -> float | None:
    value = number(match["n"])
    return value if 12 <= value <= 42 else None


def _years(match: re.Match[str]) -> float | None:
    value = number(match["n"])
    return value * 365.25 if 0 < value < 115 else None


def _span(match: re.Match[str]) -> float:
    unit = match["unit"]
    scale = next((_MINUTES[key] for key in (unit[:2], unit[:1]) if key in _MINUTES), None)
    return number(match["n"]) * (scale if scale is not None else _MINUTES_ZH[unit[0]])


def _glucose(match: re.Match[str]) -> float:
    value = float(match["n"])
    # nobody lives with 36 mmol/L for long and mg/dL hardly falls under it: the size tells the unit
    return value / 18 if value > 36 else value


def _haemoglobin(match: re.Match[str]) -> float:
    value = float(match["n"])
    # g/dL in some places, g/L in others: the size tells the unit
    return value * 10 if value < 20 else value


def _value_of(names: str) -> str:
    """A laboratory value: its name, a few words (is, came back at), the number."""
    return rf"(?:{names})[^\d.!?。！？\n,;]{{0,16}}(?P<n>\d{{1,3}}(?:\.\d+)?)(?![\d%]|\s*(?:mg|片|毫克|粒|tablets?|days?|天|h\b))"


def _systolic(match: re.Match[str]) -> float | None:
    high, low = float(match["n"]), float(match["low"])
    return high if 60 <= high <= 280 and 30 <= low <= 180 and low < high else None


def _diastolic(match: re.Match[str]) -> float | None:
    return float(match["low"]) if _systolic(match) is not None else None


def _plain(match: re.Match[str]) -> float:
    return number(match["n"])


_PRESSURE = r"(?<![\d/])(?P<n>\d{2,3})\s*(?:/|over)\s*(?P<low>\d{2,3})(?![\d/])"
_OLD = r"(?:[\s-]*old\b|[\s-]*o\b|\s*of age\b)"

READERS: Mapping[str, tuple[Reader, ...]] = {
    "temperature_c": (
        _found(_VALUE_C + r"\s*" + _DEGREES, _celsius),
        _found(
            _HEAT
            + r"[^\d.!?。！？\n]{0,18}"
            + _VALUE_C
            + r"(?P<tenth>(?!))?(?![\d%/]|\s*(?:day|hour|week|month|year|岁|天|小时|个|周))",
            _celsius,
            _HEAT_WORDS,
        ),
        _found(
            _HEAT
            + r".{0,60}?\b(?:up to|hit(?:ting)?|reach\w*|spik\w*(?: to| at)?|peak\w*(?: at)?|got to|gone to)\s*(?P<n>3[89]|4[01])"
            + r"(?P<tenth>(?!))?(?![\d%/.]|\s*(?:day|hour|week|month|year))",
            _celsius,
            _HEAT_WORDS,
        ),
        _found(
            r"(?<![\d.:])(?<!\d,)(?P<n>3[89]\.\d|37\.9|4[0-2]\.\d)(?![\d%]|\.\d|\s*(?:k?g|c?m|mm\w*|weeks?|wks?|w|st|lbs?|m[gl]|km|miles?|"
            r"inch\w*|months?|years?|[ap]m|k)\b|\s*(?:元|块|周|岁|公斤|斤|码|厘米|号|万|个))",
            _bare_celsius,
            "37.9 38. 39. 40. 41. 42.",
        ),
    ),
    "fever_days": (
        _found(
            r"\bday\s+(?P<n>" + _EN[1:-1] + r")\s+(?:now\s+)?(?:of|with)\s+(?:\w+\s+){0,2}?(?:temp|fever)",
            _plain,
            "day",
        ),
        _found(r"\b(?P<n>" + _EN[1:-1] + r")\s+days?\s+(?:of|with)\s+(?:\w+\s+){0,2}?(?:temp|fever)", _plain, "day"),
        _found(
            r"\b(?:temp\w*|fever)[^\d.!?\n]{0,24}\b(?P<n>" + _EN[1:-1] + r")\s+days\b(?!\s*ago)",
            _plain,
            "temp fever",
        ),
        _found(
            r"(?:发烧|烧|发热)(?:了|已经|快|有|都|到现在|整整)*第?" + _ZH.replace("(", "(?P<n>", 1) + r"\s*多?天",
            _plain,
            "烧 热",
        ),
        _found(
            r"第?" + _ZH.replace("(", "(?P<n>", 1) + r"\s*天(?:还|还在|都在|一直|都|了还)*(?:发烧|烧|发热)",
            _plain,
            "烧 热",
        ),
    ),
    "age_days": (
        _found(
            r"\b(?P<n>" + _EN[1:-1] + r")[\s-]*(?P<unit>d|w|m|y)(?:ays?|eeks?|ks?|onths?|ths?|os?|ears?|rs?)?" + _OLD,
            _days,
            "old age yo mo wo",
        ),
        _found(
            r"\b(?:baby|bub|lo|(?:little|wee|young) (?:one|man|lady|fella|lad|girl)|newborn|bairn|wean|daughter|son|grandson|granddaughter|nephew|niece|twins?|he|she|hes|shes|he's|she's|only|just)[\s,(]+(?:is\s+|are\s+|only\s+|just\s+|now\s+)*(?P<n>"
            + _EN[1:-1]
            + r")\s*(?P<unit>d|w|m)(?:ays?|eeks?|ks?|onths?|ths?|os?)\b(?!\s*(?:pregnant|ago|in\b|into|post|along|gone|later|late|now|of|after|away|supply))",
            _days,
        ),
        _found(r"\b(?P<n>\d{1,3})\s*(?P<unit>y)(?:/o|o|rs? old)\b", _days),
        _found(
            r"\b(?:aged?|im|i'm|i am|hes|he's|he is|shes|she's|she is)\s+(?P<n>\d{2})(?!\s*(?:\d|w|week|month|day|hour|min|%|°|deg|kg|st|\.|/))\b",
            _years,
        ),
        _found(
            r"\b(?:son|daughter|wife|husband|mum|mom|mother|dad|father|nan|nana|gran|granny|grandma|grandad|grandpa|brother|sister|partner|boy|"
            r"girl|lad|kid|uncle|aunt|auntie|eldest|youngest)\s*[(,]\s*(?P<n>\d{1,2})\s*[),]",
            _years,
            "( ,",
        ),
        _found(r"^\s*(?P<n>[1-9]\d)\s*,(?!\d)", _years),
        _found(r"\b(?P<n>\d{2})\s*(?P<unit>[mf])\b(?=[\s,.)])(?!\s*\d)", _years),
        _found(_ZH.replace("(", "(?P<n>", 1) + r"\s*(?P<unit>岁|周岁)", lambda m: number(m["n"]) * 365.25, "岁"),
        _found(
            _ZH.replace("(", "(?P<n>", 1)
            + r"\s*(?P<unit>个多?月|月龄?|天|周|星期)\s*(?:零\d*天)?(?:大|的?小?"
            + _CHILD
            + ")",
            _days,
            "月 天 周 星期",
        ),
        _found(
            _CHILD
            + r"(?:才|刚|刚满|现在|只有|不到|满|今年)?"
            + _ZH.replace("(", "(?P<n>", 1)
            + r"\s*(?P<unit>个多?月|月龄|周大|天大)",
            _days,
            "月 周大 天大",
        ),
        _found(
            _CHILD
            + r"(?:才|刚|刚满|只有|不到|出生|生下来|满)+"
            + _ZH.replace("(", "(?P<n>", 1)
            + r"\s*(?P<unit>天|周|日|个星期|星期)",
            _young,
            "天 周 日 星期",
        ),
        # "娃二十六天，腋下38.3": no illness of a child is told so, beyond a week
        _found(_CHILD + _ZH.replace("(", "(?P<n>", 1) + r"天(?=\s*[,，、。;；]|$)", _newborn, "天"),
    ),
    "oxygen_percent": (
        _found(
            r"(?:sats?|spo2|sp02|o2|oxygen(?: levels?| saturations?)?|血氧(?:饱和度)?|氧饱和度?)[^\d.!?。！？\n]{0,18}(?P<n>\d{2})(?!\d|\.\d)",
            _plain,
            "sat sp o2 oxygen 氧",
        ),
    ),
    "glucose_mmol": (
        _found(
            r"(?:\b(?:my|his|her|the) meter|\blibre|dexcom|\bcgm\b|finger[ -]?prick|sugars?(?: levels?)?|glucose|\bbgl?\b|\bbms?\b|血糖)[^\d.!?。！？\n]{0,18}(?<![a-z])(?P<n>\d{1,3}(?:\.\d+)?)(?!\d)",
            _glucose,
            "meter libre dexcom cgm finger sugar glucose bg bm 糖",
        ),
    ),
    "ketone_mmol": (_found(_value_of(r"\bketones?|酮体?"), _plain, "ketone 酮"),),
    "inr": (_found(_value_of(r"\binr"), _plain, "inr"),),
    "potassium_mmol": (_found(_value_of(r"\bpotassium|血钾|钾"), _plain, "potassium 钾"),),
    "sodium_mmol": (_found(_value_of(r"\bsodium|血钠|钠"), _plain, "sodium 钠"),),
    "calcium_mmol": (_found(_value_of(r"\bcalcium|血钙|钙"), _plain, "calcium 钙"),),
    "haemoglobin_g_per_l": (
        _found(_value_of(r"\bha?emoglobin|\bhb|血色素|血红蛋白|血红素"), _haemoglobin, "globin hb 血色素 血红"),
    ),
    "systolic_mmhg": (
        _found(_PRESSURE, _systolic, "/ over"),
        _found(r"(?:血压|高压|收缩压)[^\d.!?。！？\n]{0,8}(?P<n>\d{3})(?!\d)", _plain, "压"),
    ),
    "diastolic_mmhg": (_found(_PRESSURE, _diastolic, "/ over"),),
    "tablets": (
        _found(
            r"(?:took|taken|taking|swallowed|downed|popped|necked|drank|eaten|ate|had)\s+(?:about |around |like |maybe |over |nearly |all |at least |another )*"
            r"(?P<n>"
            + _EN[1:-1]
            + r")\s+(?:\w+\s+){0,3}?(?:tablets?|pills?|caps(?:ules?)?|paracetamols?|ibuprofens?|tylenols?|panadols?|co-?codamols?|"
            r"codeines?|aspirins?|advils?|sleeping|sleepers|antidepressants?|sertralines?|propranolols?|diazepams?|xanax|benzos?|of them|of my)",
            _plain,
        ),
        _found(
            r"\b(?P<n>"
            + _EN[1:-1]
            + r")\s+(?:of\s+)?(?:my|his|her|the|mums?|dads?|nans?|grans?|their)\s+(?:\w+\s+){0,3}?(?:tablets?|pills?|caps(?:ules?)?|meds|medication|sleeping|antidepressants?|painkillers?)\b",
            _plain,
            "tablet pill cap med sleep antidep painkill",
        ),
        _found(
            r"(?:吃了?|吞了?|服了?|服用了?|喝了?|嗑了?|磕了?|灌了?|食咗|吃下)(?:大概|差不多|快|将近|整整|大约|足足|有)?"
            + _ZH.replace("(", "(?P<n>", 1)
            + r"\s*多?(?:片|粒|颗|板|个药|盒|瓶)",
            _plain,
            "片 粒 颗 板 药 盒 瓶",
        ),
        _found(
            r"(?P<n>\d{2,3})\s*(?:x\s*)?(?:500\s*mg\s*)?(?:paracetamols?|tylenols?|sleeping (?:pills|tablets)|片安眠药|粒安眠药|颗安眠药|片扑热息痛)",
            _plain,
            "paracetamol tylenol sleeping 安眠药 扑热息痛",
        ),
    ),
    "lasted_minutes": (
        _found(
            r"(?:\bfor|lasted|lasting|past|last|going on|been|over)\s+(?:about |around |over |nearly |almost |more than |at least |the (?:last|past) |like )*(?P<n>"
            + _EN[1:-1]
            + r")\s*(?P<unit>sec|min|hour|hr|h\b|day|week|wk|month|mth|year|yr)",
            _span,
            "for last past going been over",
        ),
        _found(
            r"\b(?P<n>"
            + _EN[1:-1]
            + r")\s*(?P<unit>min|hour|hr|day|week|wk|month|year)\w*\s+(?:now|already|so far|and counting|straight)\b",
            _span,
            "now already far counting straight",
        ),
        _found(
            r"\b(?P<n>"
            + _EN[1:-1]
            + r")\s*(?P<unit>min|hour|hr)\w*\s+(?:i've|ive|i have|we've|weve|he's|hes|she's|shes|it's|its|of|non-?stop|solid|without|"
            r"on the trot)\b",
            _span,
            "min hour hr",
        ),
        _found(
            _ZH.replace("(", "(?P<n>", 1)
            + r"\s*多?(?P<unit>分钟|小时|个小时|天|周|星期|个星期|个月|个多月|年)(?:多|了|还)",
            lambda m: _zh_span(m),
            "分钟 小时 天 周 星期 月 年",
        ),
    ),
    "pregnant_weeks": (
        _found(
            r"(?P<n>\d{1,2})\s*(?:\+\s*\d\s*)?(?:weeks?|wks?|w)\s*(?:and \w+ days? )?(?:pregnant|preg|gestation|along|gone)",
            _plain,
            "preg gest along gone",
        ),
        # "I'm 34 weeks", or a message that begins with it: nobody says so of anything else
        _found(
            r"\bi(?:'m| am|m)\s+(?:now |about |just )?(?P<n>\d{1,2})\s*(?:\+\s*\d\s*)?(?:weeks?|wks?)\b(?!\s*(?:post|out|into|sober|clean|in\b|off|away|after|from|on\b))",
            _plain,
            "week wk",
        ),
        _found(
            r"^\W*(?P<n>1[2-9]|[23]\d|4[0-2])\s*(?:\+\s*\d\s*)?(?:weeks?|wks?)\b(?!\s*(?:ago|old|post|of|after|out|into|since|sober))",
            _plain,
            "week wk",
        ),
        # "contractions, only 30 weeks", "itchy palms, 33 weeks, no rash": of a baby's age nobody counts so many weeks
        _found(
            r"(?:,\s*(?:only |just )?|\bonly )(?P<n>2\d|3\d|4[0-2])\s*(?:weeks?|wks?)(?=\s*(?:[,.;]|$))",
            _plain,
            "week wk",
        ),
        # "36周，血压…": a message that begins with weeks
        _found(
            r"^\W*(?P<n>1[2-9]|[23]\d|4[0-2]|[二三四]?十[一二三四五六七八九]?)\s*(?:\+\s*\d\s*)?周(?:\+\d|零?[一二三四五六\d]天)?(?=\s*[,，、。;； ]|$)",
            _due,
            "周",
        ),
        _found(r"pregnan\w*[^\d.!?\n]{0,14}(?P<n>\d{1,2})\s*(?:\+\s*\d)?\s*(?:weeks?|wks?|w\b)", _plain, "pregnan"),
        _found(
            r"(?<![\d+.])(?P<n>[1-4]\d)\s?\+\s?[0-6](?![\d+%]|\s*=)(?=\s*(?:[,.!?)，。]|w|$|周|[a-z]))", _plain, "+"
        ),
        _found(
            r"\b(?P<n>"
            + _EN[1:-1]
            + r")\s*(?:weeks?|wks?)\s+with\s+(?:my|our)\s+(?:first|second|third|fourth|\w+ (?:baby|child))",
            _plain,
            "with",
        ),
        _found(
            r"\b(?:waters?|membranes|contractions|labour|due date|baby'?s movements?)[^\d.!?\n]{0,24}\b(?P<n>[1-4]\d)\s*(?:weeks?|wks?)\b",
            _plain,
            "water membrane contraction labour due movement",
        ),
        _found(r"\b(?P<n>\d)\s*months?\s*(?:pregnant|preg)", lambda m: number(m["n"]) * 4.345, "preg"),
        _found(
            r"(?:怀孕|孕|怀了?|两道杠|两条杠|验孕)(?:期|妇|了|已经|现在|大概|快|有|刚|才|我|我是|,|、|\s)*"
            + _ZH.replace("(", "(?P<n>", 1)
            + r"\s*(?P<unit>周|个多?月|个星期)",
            lambda m: number(m["n"]) * (4.345 if "月" in m["unit"] else 1),
            "孕 怀 杠",
        ),
        _found(_ZH.replace("(", "(?P<n>", 1) + r"\s*周(?:的)?(?:孕|身孕|怀孕)", _plain, "孕"),
        _found(
            _ZH.replace("(", "(?P<n>", 1) + r"\s*个?多?月(?:的)?(?:身孕|孕妇)", lambda m: number(m["n"]) * 4.345, "孕"
        ),
    ),
}


def _zh_span(match: re.Match[str]) -> float:
    unit = match["unit"].removeprefix("个") or "月"
    return number(match["n"]) * _MINUTES_ZH["月" if "月" in unit else unit[0]]


@dataclass(frozen=True)
class Measure:
    """A finding that a number makes: `low` <= value < `high`."""

    finding: str
    kind: str
    low: float
    high: float
    instead_of: str | None
    """A finding whose wordings the number overrules in its sentence."""
    path: str
    line: int


@dataclass(frozen=True)
class Measured:
    """A finding read from a number, and where (characters)."""

    finding: str
    start: int
    end: int
    instead_of: str | None


def load(folder: Path) -> tuple[Measure, ...]:
    """Read `measures.yml`. Raises DataError."""
    file = read(folder / "measures.yml")
    file.allow("the file", {"measures"})
    return tuple(_measure(table) for table in file.tables("measures"))


def _measure(table: Table) -> Measure:
    table.allow("a measure", {"finding", "of"}, {"from", "below", "instead_of"})
    kind = table.text("of")
    if kind not in READERS:
        raise table.fail(f"'of' must be one of {', '.join(READERS)}.", "of")
    low, high = _bound(table, "from", float("-inf")), _bound(table, "below", float("inf"))
    if not low < high:
        raise table.fail("'from' must be less than 'below'.", "from")
    instead_of = table.text("instead_of") if "instead_of" in table else None
    return Measure(table.text("finding"), kind, low, high, instead_of, table.path, table.line)


def _bound(table: Table, key: str, default: float) -> float:
    value = table.get(key, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise DataError(table.path, table.line_of(key), f"'{key}' must be a number.")
    return float(value)


def measure(folded: str, measures: tuple[Measure, ...]) -> list[Measured]:
    """The findings that the numbers of a message make. `folded` comes from `text.fold`."""
    if not any(char.isdigit() or char in _DIGITS or char == "十" for char in folded) and not _spelt(folded):
        return []
    found: list[Measured] = []
    for kind in {one.kind for one in measures}:
        for reader in READERS[kind]:
            for value, start, end in reader(folded):
                meant = (one for one in measures if one.kind == kind and one.low <= value < one.high)
                found += [Measured(one.finding, start, end, one.instead_of) for one in meant]
    return found


_SPELT = re.compile(r"\b(?:" + "|".join(_WORDS) + r")\b")


def _spelt(folded: str) -> bool:
    return _SPELT.search(folded) is not None
