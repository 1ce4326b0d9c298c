"""The words of an address: street, village, district, city and landmark.

Words between two signs (numbers, marks, `kel`, `jl` ...) form a run, and a run is read by the word that opens it.
Without such a word its place decides, since most addresses are written `street house village rt rw district` or
`village street house rt rw district`: before the house, between the house and the RT, or behind both. No list of
villages is needed, so the split between village and street or district is a good guess and no more; an operator's
gazetteer may check it.
"""

from customers.locating.address_numbers import FIRST, LAST, Numbers
from customers.locating.address_tokens import END, PADDING, PLACE_SIGN, Signs
from customers.locating.address_words import (
    BLOCK_WORDS,
    DIRECTION_WORDS,
    ESTATE_WORDS,
    FIRST_WORDS,
    KEYWORD_ROLES,
    LANDMARK_WORDS,
    LOT_WORDS,
    NUMBER_WORDS,
    ROMAN_NUMERALS,
    RT_WORDS,
    RW_WORDS,
    SECOND_WORDS,
    STREET_NAME_STARTS,
)

MARK = ""  # opens nothing, but closes the run before it
ROLES = (
    dict.fromkeys([*RT_WORDS, *RW_WORDS, *NUMBER_WORDS, *LOT_WORDS, *BLOCK_WORDS, *",()", END], MARK) | KEYWORD_ROLES
)
KEPT_OPENERS = frozenset(
    ["street", "landmark"]
)  # `jl mawar`, `toko jaya` keep their first word, `kel bangka` is Bangka
POSTFIXED = frozenset(["kel", "kelurahan"])  # `sukasari kel.` as well as `kel. sukasari`
LONGEST_NAME = 4  # words of a village or district
FULL_WORD = 6  # letters; feeds cut words to two to five, so a longer one is a name as people write it
HEAD, MIDDLE, TAIL = range(3)  # before the house, between house and RT, behind RT and postal code
Runs = list[list[str]]
Places = dict[str, str]  # the named parts of one address


def read_places(tokens: list[str], found: Signs, numbers: Numbers) -> Places:
    places: Places = {}
    signs, figures, _, kinds = found
    if kinds & PLACE_SIGN or numbers.block:
        head, middle, tail = read_runs(tokens, signs, numbers, places)
    else:
        head, middle, tail = cut_runs(tokens, signs, numbers)
    has_area = numbers.rt or numbers.rw
    if not (figures or numbers.block):
        split_unnumbered(head, tail)
    has_village = middle and (has_area or tail)
    if head:
        read_head(head[-1], places, "village" in places or has_village)
    if has_village and "village" not in places:
        places["village"] = " ".join(middle.pop(0))
    rest = middle + tail
    if len(rest) > 1 and "village" not in places and "district" not in places:
        rest = read_last_two(rest, places)
    for run in rest:
        read_tail(run, places)
    return places


def cut_runs(tokens: list[str], signs: list[int], numbers: Numbers) -> tuple[Runs, Runs, Runs]:
    """Cut the words at the signs where no run has an opening word, as in two addresses of three."""
    runs: tuple[Runs, Runs, Runs] = ([], [], [])
    claims = claim_places(numbers)
    stage = start = HEAD
    for i in signs:
        claim = claims.get(i)
        if claim is None and stage == HEAD and tokens[i] not in ROLES:
            continue  # the number belongs to the name: `mawar 3`, `gg 13`
        if i > start:
            runs[stage].append(tokens[start:i])
        start = i + 1
        if claim:
            start, after = claim
            if after > stage:
                stage = after
    if start < len(tokens) - len(PADDING):
        runs[stage].append(tokens[start : -len(PADDING)])
    return runs


def read_runs(tokens: list[str], signs: list[int], numbers: Numbers, places: Places) -> tuple[Runs, Runs, Runs]:
    """Cut the words at the signs; a run goes to the part that its opening word names, else to where it stands."""
    runs: tuple[Runs, Runs, Runs] = ([], [], [])
    claims = claim_places(numbers)
    if numbers.block:  # its letters are no sign by themselves
        signs = sorted({*signs, numbers.block[FIRST]})
    stage, role, start = HEAD, None, 0
    for i in [*signs, len(tokens) - len(PADDING)]:
        token, claim = tokens[i], claims.get(i)
        opens = ROLES.get(token)
        if opens is None and claim is None and stage == HEAD:
            continue  # the number belongs to the name: `mawar 3`, `gg 13`
        is_postfixed = False
        if i > start:
            if token == "kota":
                continue  # `siantar kota`, `bogor barat - kota`
            is_postfixed = role is None and token in POSTFIXED
            close_run(tokens[start:i], "village" if is_postfixed else role, places, runs[stage])
        role, start = opens or None, i + 1
        if claim:
            start, after = claim
            if after > stage:
                stage = after
        elif is_postfixed:
            role = "district" if stage or not numbers.house_number else None  # before the house comes its street
        elif role in KEPT_OPENERS:
            start = i
    return runs


def claim_places(numbers: Numbers) -> dict[int, tuple[int, int]]:
    """For the first token of each number part: where the words go on, and the stage they are then in."""
    claims = {}
    if part := numbers.block:
        claims[part[FIRST]] = part[LAST] + 1, HEAD
    if part := numbers.house_number:
        claims[part[FIRST]] = part[LAST] + 1, MIDDLE
    for part in (numbers.rt, numbers.rw, numbers.postal_code):
        if part:
            claims[part[FIRST]] = part[LAST] + 1, TAIL
    return claims


def close_run(words: list[str], role: str | None, places: Places, runs: Runs) -> None:
    """Keep the first run of each part; a street may have several (`jl mawar gg 3`), and `depan` is no landmark without
    the `masjid al ikhlas` behind it.
    """
    if role is None:
        runs.append(words)
    elif role not in places:
        places[role] = " ".join(words)
    elif role == "street" or (role == "landmark" and LANDMARK_WORDS.issuperset(places["landmark"].split())):
        places[role] += " " + " ".join(words)


def split_unnumbered(head: Runs, tail: Runs) -> None:
    """Without any number only commas and order are left: `melati raya, sukasari`, `melati sukasari cibeber`."""
    if len(head) > 1:
        tail[:0] = head[1:]
        del head[1:]
    elif head and len(head[0]) > 2 and head[0][0] not in STREET_NAME_STARTS:
        cut = max(1, district_start(head[0]) - 1)
        cut += head[0][cut] in ROMAN_NUMERALS
        tail.append(head[0][cut:])
        head[0] = head[0][:cut]


def read_head(words: list[str], places: Places, has_village: bool) -> None:
    """`sukasari timur melati raya` is a village and its street; `melati raya` only a street."""
    street = places.get("street")
    if not has_village:
        size = len(words) if street and is_village_before_street(words) else leading_village(words)
        if size:
            places["village"] = " ".join(words[:size])
            words = words[size:]
    if words:
        places["street"] = " ".join([*words, street] if street else words)


def is_village_before_street(words: list[str]) -> bool:
    """`sukasari jl mawar`: the street has its word, so what stands before it is a village, unless it is an estate."""
    return len(words) <= 2 and ESTATE_WORDS.isdisjoint(words) and words[0] not in STREET_NAME_STARTS


def leading_village(words: list[str]) -> int:
    """How many words at the start name a village, if a street follows them."""
    if len(words) < 2 or words[0] in STREET_NAME_STARTS:
        return 0
    first, second = words[0], words[1]
    if len(words) > 3 and words[2] in DIRECTION_WORDS:
        return 3
    if len(words) > 2 and (second in SECOND_WORDS or first in FIRST_WORDS or words[2] == first):
        return 2
    if first == second:
        return 1
    return int(len(first) >= FULL_WORD and second not in ROMAN_NUMERALS)


def read_last_two(rest: Runs, places: Places) -> Runs:
    """`…, sukasari, cibeber`: forms put the village and the district last, each behind a comma."""
    village, district = rest[-2:]
    if max(len(village), len(district)) > LONGEST_NAME:
        return rest
    places["village"], places["district"] = " ".join(village), " ".join(district)
    return []


def read_tail(words: list[str], places: Places) -> None:
    """`karang asem tebing selatan` is village and district, `pontianak utara` a district."""
    if "district" in places:
        places.setdefault("city", " ".join(words))
        return
    cut = 0 if "village" in places else district_start(words)
    if cut:
        places["village"] = " ".join(words[:cut])
    places["district"] = " ".join(words[cut:])


def district_start(words: list[str]) -> int:
    """Where the district starts: the last word, with the second words behind it and the first word before it."""
    start = len(words) - 1
    while start > 0 and words[start] in SECOND_WORDS:
        start -= 1
    return start - 1 if start > 0 and words[start - 1] in FIRST_WORDS and start == len(words) - 1 else start
