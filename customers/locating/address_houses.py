"""Which number is the house's, and which letters are its block.

A block or a house that says so (`blok c 7`, `no 7`) comes first. A bare number is a house unless its neighbours claim
it for a name: `gg 13`, `km 5`, `19 ilir`, `desa sukamaju 2`.
"""

import re

from customers.locating.address_numbers import LAST, Found, Numbers
from customers.locating.address_tokens import DIGITS, END
from customers.locating.address_words import (
    ALLEY_WORDS,
    BLOCK_WORDS,
    ESTATE_WORDS,
    HAMLET_WORDS,
    INITIALS,
    LANDMARK_WORDS,
    LOOSE_BLOCK_LETTERS,
    NAMES_AFTER_NUMBER,
    NAMES_BEFORE_NUMBER,
    NUMBER_WORDS,
    QUARTER_WORDS,
    ROMAN_NUMERALS,
    RT_WORDS,
    RW_WORDS,
    STREET_WORDS,
    SUFFIX_LETTERS,
)

LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
HOUSE = re.compile(r"[0-9]{1,4}(?![0-9])")  # five digits are a postal code, more a telephone
MARKS = RT_WORDS | RW_WORDS
NEVER_BEFORE_HOUSE = NAMES_BEFORE_NUMBER | MARKS
NEVER_BEHIND_HOUSE = NAMES_AFTER_NUMBER | ALLEY_WORDS
LONGEST_QUARTER = 2  # digits: Palembang has quarters 1 to 36, so `632 ilir barat` is a house and its district
STATE_SCHOOL = ("negeri", "neg")
FEW = 9  # a street index (`mawar 3`) is seldom higher
MOST_RW = 25  # an RW left without its word (`kenari 41 5 sukasari`) is seldom higher


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


def read_loose_block(tokens: list[str], figures: list[int], has_number_word: bool, numbers: Numbers) -> None:
    """A letter of its own before a number: `no b 5`, and where no number word marks another one, `palem q 53`."""
    for i in figures:
        if tokens[i - 1] in LETTERS and is_loose_block(tokens, i - 1, has_number_word):
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


def is_loose_block(tokens: list[str], i: int, has_number_word: bool) -> bool:
    """Surely after `no`; elsewhere unless the letter is an initial or part of a name, `jalan ix c`."""
    letter, before = tokens[i], tokens[i - 1]
    if i < 1 or not is_house(tokens[i + 1]):
        return False
    if has_number_word:
        return before in NUMBER_WORDS
    if letter not in LOOSE_BLOCK_LETTERS or tokens[i + 2] in NAMES_AFTER_NUMBER:
        return False
    if before in ROMAN_NUMERALS or before in INITIALS or before in NAMES_BEFORE_NUMBER or before in STREET_WORDS:
        return False
    return before == "," or (len(before) > 1 and before[0] not in DIGITS)


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


def read_bare_house(tokens: list[str], figures: list[int], numbers: Numbers) -> Found | None:
    """The likeliest of the numbers that nothing marks and no name claims."""
    block_at = numbers.block[LAST] if numbers.block else 0
    rt_at = numbers.rt[LAST] if numbers.rt else 0
    rw_at = numbers.rw[LAST] if numbers.rw else 0
    free = [i for i in figures if i and i != rt_at and i != rw_at and i != block_at and is_bare_house(tokens, i)]
    mark = min(rt_at, rw_at) or rt_at or rw_at
    if mark and free:
        free = [i for i in free if i < mark] or [i for i in free if not STREET_WORDS.isdisjoint(tokens[mark:i])]
    if not free:
        return None
    return house_at(tokens, free[0] if len(free) == 1 else choose_house(tokens, free, mark > 0))


def is_bare_house(tokens: list[str], i: int) -> bool:
    """Whether a number can be a house's: short enough, and no part of a name."""
    token, before = tokens[i], tokens[i - 1]
    if (len(token) > 4 and not is_house(token)) or before in NEVER_BEFORE_HOUSE:
        return False
    if tokens[i + 1] in NEVER_BEHIND_HOUSE and (len(token) <= LONGEST_QUARTER or tokens[i + 1] not in QUARTER_WORDS):
        return False
    if len(token) == 1 and before != "," and not HAMLET_WORDS.isdisjoint(tokens[max(i - 3, 0) : i - 1]):
        return False
    if tokens[0] not in LANDMARK_WORDS or "," in tokens[:i]:
        return True
    # `sd negeri melati 4`; `toko jaya 2, raya melati`: the shop has the number, its street comes behind the comma
    return tokens[1] not in STATE_SCHOOL and (tokens[i + 1] != "," or tokens[i + 2] == END)


def choose_house(tokens: list[str], free: list[int], is_marked: bool) -> int:
    """`mawar 3, 71 sukasari`: a number right behind a comma. Else the last before RT and RW, which follow the house.

    Without RT and RW words the RW often stands bare behind the village (`kenari 25 sukasari 6 cibeber`): take the
    first, or the likelier of the first two when they touch.
    """
    for i in free:
        if tokens[i - 1] == ",":
            return i
    if is_marked:
        return free[-1]
    first, second = free[:2]
    if second != first + 1:
        return first
    for i in (first, second):
        if not tokens[i].isdigit():  # `12a`, `23-39`: streets and RW have neither letters nor ranges
            return i
    return second if is_street_index(tokens, first, second) else first


def is_street_index(tokens: list[str], first: int, second: int) -> bool:
    """Of two bare numbers, whether the first is the street's (`mawar 3 14`) or the second an RW (`mawar 41 5`)."""
    if tokens[first - 1] in ROMAN_NUMERALS:  # the street has its number already
        return False
    a, b = int(tokens[first]), int(tokens[second])
    return b > MOST_RW or (a <= FEW and a < b)
