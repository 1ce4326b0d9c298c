"""An address as tokens: words, numbers, block codes (`f1`) and the marks that part the text."""

import re
from collections.abc import Iterator

from customers.locating.address_words import BLOCK_WORDS, KEYWORD_ROLES, LOT_WORDS, NUMBER_WORDS, RT_WORDS, RW_WORDS

# In this order: a block code (`f1`, `bh8`; not `rt15`, `no7`, `km5`); a number with its letter (`12a`) or range
# (`23-39`, `64-a`), or bare and glued to a word (`8sukasari`, `003rw012`); a word; a mark. All else is noise.
TOKEN = re.compile(
    r"(?!rt|rw|no|km|gg|lt|jl|kp|mm)[a-z]{1,2}[0-9]{1,3}[a-z]?(?![^\W_])"
    r"|n0(?![^\W_])"
    r"|[0-9]+(?:[a-z]{1,2}(?![^\W_]))?(?:(?: ?[-–/] ?[0-9]+[a-z]?|[-/](?!r[tw])[a-z]{1,2})(?![^\W_]))?"
    r"|[^\W0-9_]+(?:'[^\W0-9_]+)?"
    r"|[,()]"
)
# Nine addresses in ten hold only words, numbers and `12a`: cut at the spaces, to the same tokens in half the time.
EVEN = re.compile(r"(?:[a-z ,.]++|(?<![a-z])[0-9]++[a-z]{0,2}(?![^ ,.]))*+")
ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
DIGITS = frozenset("0123456789")
PUNCTUATION = ",()"
END = "~"  # no token is ever a tilde, and it sorts behind the digits and marks (see `find_signs`)
PADDING = [END] * 4  # readers look up to four tokens ahead
# What kinds of sign an address holds, one bit each: a reader whose kind is absent is not called.
AREA_SIGN, NUMBER_SIGN, LOT_SIGN, BLOCK_SIGN, PLACE_SIGN = (1 << n for n in range(5))
SIGN_KINDS = (
    dict.fromkeys(KEYWORD_ROLES, PLACE_SIGN)
    | dict.fromkeys(RT_WORDS | RW_WORDS, AREA_SIGN)
    | dict.fromkeys(NUMBER_WORDS, NUMBER_SIGN)
    | dict.fromkeys(LOT_WORDS, LOT_SIGN)
    | dict.fromkeys(BLOCK_WORDS, BLOCK_SIGN)
)


# Where the signs of an address stand: all, the numbers, the words `rt` and `rw`; and the kinds of the others as bits.
Signs = tuple[list[int], list[int], list[int], int]


def lower(raw: str) -> str:
    """Lower case of the same length, so that spans point at the text as written (`İ`.lower() is two characters)."""
    text = raw.lower()
    return text if len(text) == len(raw) else raw.translate(ASCII_LOWER)


def split_tokens(raw: str) -> tuple[list[str], bool]:
    """The tokens with their padding, and whether block codes may be among them."""
    text = raw.lower()
    if EVEN.fullmatch(text):
        return text.replace(".", " ").replace(",", " , ").split() + PADDING, False
    return TOKEN.findall(lower(raw)) + PADDING, True


def token_spans(raw: str) -> Iterator[tuple[int, int]]:
    """Where each token of `split_tokens` stands in the text."""
    return (match.span() for match in TOKEN.finditer(lower(raw)))


def find_signs(tokens: list[str]) -> Signs:
    """Where an address says what it means (numbers, marks, `rt`, `kel` ...).

    Digits and punctuation sort before the colon, letters behind: one comparison spares them a look-up.
    """
    signs, figures, areas, kinds = [], [], [], 0
    for i, token in enumerate(tokens):
        if token < ":":
            signs.append(i)
            if token not in PUNCTUATION:
                figures.append(i)
        elif token in SIGN_KINDS:
            signs.append(i)
            kind = SIGN_KINDS[token]
            if kind == AREA_SIGN:
                areas.append(i)
            else:
                kinds |= kind
    return signs, figures, areas, kinds
