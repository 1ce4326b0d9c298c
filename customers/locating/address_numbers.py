"""The numbers of an address that say what they are: RT, RW and postal code, and the parts that all number readers fill.

Every part found is a `Found`: its value and the tokens it came from, so that no later reader takes them again.
"""

import re

from customers.locating.address_tokens import DIGITS
from customers.locating.address_words import NAMES_AFTER_NUMBER, NUMBER_WORDS, RT_WORDS, RW_WORDS

AREA = re.compile(r"0*([0-9]{1,3}[a-z]?)(?: ?[-–/] ?0*([0-9]{1,3}))?")  # 003 and 3 and, as a pair, 003/004
# A part of the address: its value, and the first and last of the tokens it came from. A plain tuple, since several are
# made for every address and a class takes ten times as long.
Found = tuple[str | None, int, int]
VALUE, FIRST, LAST = range(3)


class Numbers:
    """What the numbers of one address turned out to be."""

    __slots__ = ("block", "house_number", "postal_code", "rt", "rw")

    def __init__(self) -> None:
        self.rt: Found | None = None
        self.rw: Found | None = None
        self.block: Found | None = None
        self.house_number: Found | None = None
        self.postal_code: Found | None = None


def read_postal_code(tokens: list[str], figures: list[int]) -> Found | None:
    """The last five-digit number; Indonesian codes start at 10110."""
    for i in reversed(figures):
        token = tokens[i]
        if len(token) == 5 and token > "10109" and token.isdigit():
            return (token, i, i)
    return None


def read_rt_and_rw(tokens: list[str], areas: list[int], numbers: Numbers) -> None:
    """The first RT and the first RW; an RW with its word counts more than a second number behind the RT."""
    said = None
    for i in areas:
        if tokens[i] in RT_WORDS:
            if numbers.rt is None:
                read_rt(tokens, i, numbers)
        elif said is None and tokens[i - 1] not in RT_WORDS:
            said = read_area(tokens, i + 1)
    numbers.rw = said or numbers.rw


def read_rt(tokens: list[str], i: int, numbers: Numbers) -> None:
    """`rt 5 rw 3`, `rt 5 3`, `rt rw 005 003`, `rt.5-3`, `rt15 r05`; an RW with its word is read by the caller."""
    is_joined = tokens[i + 1] in RW_WORDS
    at = i + 2 if is_joined else i + 1
    numbers.rt = read_area(tokens, at)
    if numbers.rt is None:
        return
    paired = AREA.fullmatch(tokens[at])[2] if len(tokens[at]) > 2 else None
    if paired:
        numbers.rw = (paired, at, at)
    elif tokens[at + 1] not in RW_WORDS:
        numbers.rw = read_second_area(tokens, at + 1)
    if is_joined and numbers.rw is None:  # `rt rw 5`: the RT was left empty
        numbers.rw, numbers.rt = numbers.rt, None


def read_second_area(tokens: list[str], at: int) -> Found | None:
    """The RW behind an RT without its word: two digits or padded, and not the first half of a name (`rt 5 10 ulu`)."""
    token = tokens[at]
    if token[0] == "r" and token[1:].isdigit():
        return (token[1:].lstrip("0") or None, at, at)
    found = read_area(tokens, at)
    if found and len(found[VALUE] or "") <= 2 and tokens[at + 1] not in NAMES_AFTER_NUMBER:
        return found
    return None


def read_area(tokens: list[str], at: int) -> Found | None:
    """An RT or RW number without its zeros. `rt 0 0` says that there is none: no value, but the tokens are claimed."""
    token = tokens[at]
    if token[0] not in DIGITS:
        return None
    if len(token) < 4 and token.isdigit():  # all but one in a hundred
        return (token.lstrip("0") or None, at, at)
    matched = AREA.fullmatch(token)
    return (matched[1] if matched[1] != "0" else None, at, at) if matched else None


def read_padded_pair(tokens: list[str], figures: list[int], numbers: Numbers) -> None:
    """`14 02 07`, `003/004`: zeros in front and a number behind are how forms write RT and RW, words or no words."""
    for i in figures:
        token = tokens[i]
        if token[0] != "0" or tokens[i - 1] in NUMBER_WORDS:
            continue
        second = tokens[i + 1]
        if token.isdigit() and second.isdigit() and 2 <= len(token) <= 3 and 2 <= len(second) <= 3:
            numbers.rt, numbers.rw = read_area(tokens, i), read_area(tokens, i + 1)
            return
        matched = AREA.fullmatch(token)
        if matched and matched[2] and "/" in token:
            numbers.rt, numbers.rw = (matched[1], i, i), (matched[2], i, i)
            return
