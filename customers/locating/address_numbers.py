"""The numbers of an address: which is the RT, the RW, the block, the house, the postal code, and which belong to names.

An address arrives as a list of tokens (`split_tokens`). Every part found is a `Found`: its value and the tokens it came from. The
readers run in the order of how surely their part is marked (postal code, RT and RW, block, house), and each claims its tokens
so that the next cannot read them again.
"""

import re

from customers.locating.address_tokens import AREA_SIGN, BLOCK_SIGN, DIGITS, END, LOT_SIGN, NUMBER_SIGN
from customers.locating.address_words import (
    BLOCK_WORDS,
    ESTATE_WORDS,
    HAMLET_WORDS,
    INITIALS,
    LANDMARK_WORDS,
    LOOSE_BLOCK_LETTERS,
    LOT_WORDS,
    NAMES_AFTER_NUMBER,
    NAMES_BEFORE_NUMBER,
    NUMBER_WORDS,
    ROMAN_NUMERALS,
    RT_WORDS,
    RW_WORDS,
    STREET_WORDS,
    SUFFIX_LETTERS,
)

AREA = re.compile(
    r"0*([0-9]{1,3}[a-z]?)(?:[-/]0*([0-9]{1,3}))?"
)  # RT and RW are written 003 and 3 and, as a pair, 003/004
HOUSE = re.compile(r"[0-9]{1,4}(?![0-9])")  # five digits are a postal code, more a telephone
MARKS = RT_WORDS | RW_WORDS
NEVER_BEFORE_HOUSE = NAMES_BEFORE_NUMBER | MARKS
FEW = 9  # a street index (`mawar 3`) is seldom higher
MOST_RW = 25  # an RW left without its word (`41 5 tambaksari`) is seldom higher


# A part of the address: its value, and the first and last of the tokens it came from. A plain tuple, since several are made for every
# address and a class takes ten times as long.
Found = tuple[str | None, int, int]
VALUE, FIRST, LAST = range(3)


class Numbers:
    """What the numbers of one address turned out to be."""

    rt: Found | None = None
    rw: Found | None = None
    block: Found | None = None
    house_number: Found | None = None
    postal_code: Found | None = None


def read_numbers(tokens: list[str], has_codes: bool, signs: list[int], places: list[int], kinds: int) -> Numbers:
    """`tokens` and `has_codes` from `split_tokens`; `signs`, `places` (of the numbers) and `kinds` from `find_signs`."""
    numbers = Numbers()
    if places:
        numbers.postal_code = read_postal_code(tokens, places)
        if kinds & AREA_SIGN:
            read_rt_and_rw(tokens, signs, numbers)
        else:
            read_padded_pair(tokens, places, numbers)
    if kinds & BLOCK_SIGN:
        read_block(tokens, signs, numbers)
    if numbers.block is None:
        read_loose_block(tokens, places, numbers)
        if has_codes and numbers.block is None:
            read_block_code(tokens, numbers)
    if places and numbers.house_number is None:
        if kinds & NUMBER_SIGN:
            numbers.house_number = read_marked_house(tokens, signs, NUMBER_WORDS)
        if kinds & LOT_SIGN and numbers.house_number is None:
            numbers.house_number = read_marked_house(tokens, signs, LOT_WORDS)
        if numbers.house_number is None:
            numbers.house_number = read_bare_house(tokens, places, numbers)
    return numbers


def read_postal_code(tokens: list[str], places: list[int]) -> Found | None:
    """The last five-digit number; Indonesian codes start at 10110."""
    for i in reversed(places):
        token = tokens[i]
        if len(token) == 5 and token > "10109" and token.isdigit():
            return (token, i, i)
    return None


# --- RT and RW -----------------------------------------------------------------------------------------------------------


def read_rt_and_rw(tokens: list[str], signs: list[int], numbers: Numbers) -> None:
    for i in signs:
        token = tokens[i]
        if token in RT_WORDS and numbers.rt is None:
            read_rt(tokens, i, numbers)
        elif token in RW_WORDS and numbers.rw is None:
            numbers.rw = read_area(tokens, i + 1)


def read_rt(tokens: list[str], i: int, numbers: Numbers) -> None:
    """`rt 5 rw 3`, `rt 5 3`, `rt rw 005 003`, `rt.5-3`, `rt15 r05`; the word RW is met later by the caller."""
    at = i + 2 if tokens[i + 1] in RW_WORDS else i + 1
    numbers.rt = read_area(tokens, at)
    if numbers.rt is None:
        return
    paired = AREA.fullmatch(tokens[at])[2] if len(tokens[at]) > 3 else None
    if paired:
        numbers.rw = (paired, at, at)
    elif tokens[at + 1] not in RW_WORDS:
        numbers.rw = read_second_area(tokens, at + 1)
    if numbers.rw is None and at == i + 2:  # `rt , rw 5`: the RT was left empty
        numbers.rw, numbers.rt = numbers.rt, None


def read_second_area(tokens: list[str], at: int) -> Found | None:
    """The RW that follows an RT without its word: two digits or padded, and not the first half of a name (`rt 5 10 ulu`)."""
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


def read_padded_pair(tokens: list[str], places: list[int], numbers: Numbers) -> None:
    """`37 01 10`, `009 06`, `003/004`: zeros in front and a number behind are how forms write RT and RW, even without the words."""
    for i in places:
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


# --- Blocks --------------------------------------------------------------------------------------------------------------


def is_house(token: str) -> bool:
    return token[0] in DIGITS and (len(token) <= 4 or HOUSE.match(token) is not None)


def is_code(token: str) -> bool:
    """`f1`, `bh8`, `a12b`: words never hold digits, so a digit near the end of what starts with a letter tells."""
    return token[0] not in DIGITS and (token[-1] in DIGITS or token[-2:-1] in DIGITS) and token not in NUMBER_WORDS


def read_block(tokens: list[str], signs: list[int], numbers: Numbers) -> None:
    """What follows the word `blok`, and the house number behind it."""
    for i in signs:
        if tokens[i] in BLOCK_WORDS and tokens[i + 1] not in BLOCK_WORDS:
            numbers.block = read_block_name(tokens, i + 1)
            if numbers.block:
                numbers.house_number = read_house_behind(tokens, numbers.block[LAST] + 1)
                return


def read_block_name(tokens: list[str], at: int) -> Found | None:
    """`f1`; `4`; `c`; `c 11` when the house follows; `iii`; `dream b`, where estates give blocks names."""
    token, second = tokens[at], tokens[at + 1]
    if is_code(token) or is_house(token):
        return (token, at, at)
    if token in NUMBER_WORDS or token in MARKS or not token.isalpha():
        return None
    if len(token) <= 2:
        has_two_numbers = is_house(second) and read_house_behind(tokens, at + 2)
        return (token + second, at, at + 1) if has_two_numbers else (token, at, at)
    if token in ROMAN_NUMERALS:
        return (token, at, at)
    return (second, at + 1, at + 1) if len(second) == 1 and second.isalpha() else None


def read_house_behind(tokens: list[str], at: int) -> Found | None:
    """The house number right behind a block: `no 7`, `7`, `, 7`."""
    if tokens[at] in NUMBER_WORDS or tokens[at] == ",":
        at += 1
        at += tokens[at] in NUMBER_WORDS
    return house_at(tokens, at) if is_house(tokens[at]) and tokens[at + 1] not in NAMES_AFTER_NUMBER else None


def read_loose_block(tokens: list[str], places: list[int], numbers: Numbers) -> None:
    """A letter of its own before a number: `no b 5`, `palem q 53`."""
    for i in places:
        if len(tokens[i - 1]) == 1 and is_loose_block(tokens, i - 1):
            numbers.block, numbers.house_number = (tokens[i - 1], i - 1, i - 1), house_at(tokens, i)
            return


def read_block_code(tokens: list[str], numbers: Numbers) -> None:
    """Letters and digits in one: `c9 12`, `no c1 1`, and a lone `b10` within an estate."""
    for i, token in enumerate(tokens):
        if is_code(token) and tokens[i - 1] not in MARKS and read_code(tokens, i, numbers):
            return


def read_code(tokens: list[str], i: int, numbers: Numbers) -> bool:
    token = tokens[i]
    house = read_house_behind(tokens, i + 1) if tokens[i + 1] != "," else None
    if house:
        numbers.block, numbers.house_number = (token, i, i), house
    elif tokens[i - 1] in NUMBER_WORDS:  # `no d11`: the sign at the door as a whole
        numbers.house_number = (token, i, i)
    elif tokens[i - 1] == "," or tokens[i + 1] in MARKS or not ESTATE_WORDS.isdisjoint(tokens):
        numbers.block = (token, i, i)
    else:
        return False
    return True


def is_loose_block(tokens: list[str], i: int) -> bool:
    """A single letter before a number: surely after `no`; elsewhere unless it is an initial or belongs to `jalan ix c`."""
    letter, before = tokens[i], tokens[i - 1]
    if i < 1 or not letter.isalpha() or not is_house(tokens[i + 1]):
        return False
    if before in NUMBER_WORDS:
        return True
    if letter not in LOOSE_BLOCK_LETTERS or tokens[i + 2] in NAMES_AFTER_NUMBER:
        return False
    if before in ROMAN_NUMERALS or before in INITIALS or before in NAMES_BEFORE_NUMBER:
        return False
    return before == "," or (len(before) > 1 and before[0] not in DIGITS)


# --- House numbers -------------------------------------------------------------------------------------------------------


def house_at(tokens: list[str], i: int) -> Found:
    """The number with its letter, glued or apart: `12a`, `14 c rt 3`; not `14 a yani`, which starts a street."""
    token, letter, after = tokens[i], tokens[i + 1], tokens[i + 2]
    if letter in SUFFIX_LETTERS and token.isdigit() and not is_house(after) and after != "yani":
        return (token + letter, i, i + 1)
    return (token if len(token) < 4 else token.replace(" ", ""), i, i)


def read_marked_house(tokens: list[str], signs: list[int], marks: frozenset[str]) -> Found | None:
    """The first number that says it is one: `no 7`, `kav 9`."""
    for i in signs:
        if tokens[i] in marks and is_house(tokens[i + 1]):
            return house_at(tokens, i + 1)
    return None


def read_bare_house(tokens: list[str], places: list[int], numbers: Numbers) -> Found | None:
    """The likeliest of the numbers that nothing marks and no name claims."""
    block_at = numbers.block[LAST] if numbers.block else 0
    rt_at = numbers.rt[LAST] if numbers.rt else 0
    rw_at = numbers.rw[LAST] if numbers.rw else 0
    free = [i for i in places if i and i != rt_at and i != rw_at and i != block_at and is_bare_house(tokens, i)]
    mark = min(rt_at, rw_at) or rt_at or rw_at
    if mark and free:
        free = [i for i in free if i < mark] or [i for i in free if not STREET_WORDS.isdisjoint(tokens[mark:i])]
    if not free:
        return None
    return house_at(tokens, free[0] if len(free) == 1 else choose_house(tokens, free, mark > 0))


def is_bare_house(tokens: list[str], i: int) -> bool:
    """Whether a number can be a house's: short enough, and no part of a name."""
    token, before = tokens[i], tokens[i - 1]
    if (len(token) > 4 and not is_house(token)) or before in NEVER_BEFORE_HOUSE or tokens[i + 1] in NAMES_AFTER_NUMBER:
        return False
    if len(token) == 1 and before != "," and not HAMLET_WORDS.isdisjoint(tokens[max(i - 3, 0) : i - 1]):
        return False
    # `toko jaya 2, raya cipanas`: the shop has the number, its street comes behind the comma
    return not (tokens[i + 1] == "," and tokens[0] in LANDMARK_WORDS and tokens[i + 2] != END and "," not in tokens[:i])


def choose_house(tokens: list[str], free: list[int], is_marked: bool) -> int:
    """`mawar 3, 71 sukasari`: a number right behind a comma. Else the last before RT and RW, which follow the house.

    Without RT and RW words the RW often stands bare behind the village (`25 medokan ayu 6 rungkut`): take the first, or the
    likelier of the first two when they touch.
    """
    for i in free:
        if tokens[i - 1] == ",":
            return i
    first, second = (free[-2], free[-1]) if is_marked else (free[0], free[1])
    if second != first + 1:
        return second if is_marked else first
    for i in (first, second):
        if not tokens[i].isdigit():  # `12a`, `23-39`: streets and RW have neither letters nor ranges
            return i
    return second if is_marked or is_street_index(tokens, first, second) else first


def is_street_index(tokens: list[str], first: int, second: int) -> bool:
    """Of two bare numbers, whether the first is the street's (`mawar 3 14`) or the second an RW (`mawar 41 5`)."""
    if tokens[first - 1] in ROMAN_NUMERALS:  # the street has its number already
        return False
    a, b = int(tokens[first]), int(tokens[second])
    return b > MOST_RW or (a <= FEW and a < b)
