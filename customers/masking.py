"""Personal data as each role may see it. What is masked cannot be guessed back, and keeps no length."""

HIDDEN = "•••"


def mask_name(text: str) -> str:
    """`Dewi Lestari` → `D••• L•••`."""
    return " ".join(word[0] + HIDDEN for word in text.split())


def mask_phone(text: str) -> str:
    """Each number by its country and last two digits: `+62•••90`."""
    return " ".join(number[:3] + HIDDEN + number[-2:] if len(number) > 7 else HIDDEN for number in text.split())


def mask_phones_in(value):
    """What a phone sent, any JSON at all, with every field named `phone` masked."""
    if isinstance(value, dict):
        return {name: mask_any(item) if name == "phone" else mask_phones_in(item) for name, item in value.items()}
    return [mask_phones_in(item) for item in value] if isinstance(value, list) else value


def mask_any(value):
    """A number as it is masked; hidden whole where it is no text."""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return mask_phone(str(value))
    return HIDDEN if value else value


def mask_number(text: str) -> str:
    """A service number by its area and last two digits: `131•••77`."""
    return text[:3] + HIDDEN + text[-2:]


def mask_all(text: str) -> str:
    """Free text may name anybody."""
    return HIDDEN if text else ""


def number_for(user, service_number: str) -> str:
    """For the readers of logs: whole for who may see names."""
    return service_number if user.may("see_names") else mask_number(service_number)


def name_for(user, name: str) -> str:
    return name if user.may("see_names") else mask_name(name)


def phones_in_table(phones: str, *, is_masked: bool, is_whole: bool) -> str:
    """In tables and their files: masked, for looks at whole numbers are counted one by one; none for who sees no names.
    `is_whole` is for the console of the machine, which counts nothing: provisioning is checked with its files.
    """
    if is_masked:
        return ""
    return phones if is_whole else mask_phone(phones)


def phones_for(user, phones: str, *, is_own: bool) -> list[str]:
    """Whole for the agent who carries the order, masked for others, none for who may not see names."""
    if not user.may("see_names"):
        return []
    return phones.split() if is_own else mask_phone(phones).split()
