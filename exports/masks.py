"""Names and phones for eyes that may not read them. What is masked cannot be guessed back, and keeps no length."""

HIDDEN = "•••"


def mask_name(text: str) -> str:
    """`Dewi Lestari` → `D••• L•••`."""
    return " ".join(word[0] + HIDDEN for word in text.split())


def mask_phone(text: str) -> str:
    """Each number by its country and last two digits: `+62•••90`."""
    return " ".join(number[:3] + HIDDEN + number[-2:] if len(number) > 7 else HIDDEN for number in text.split())


def mask_all(text: str) -> str:
    """Free text may name anybody."""
    return HIDDEN if text else ""
