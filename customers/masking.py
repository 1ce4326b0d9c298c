"""Personal data as each role may see it: agents call their own customers, analysts see nobody's name."""


def mask_phone(phone: str) -> str:
    """`+6281234567890` → `+62812****7890`."""
    return f"{phone[:6]}****{phone[-4:]}" if len(phone) > 10 else "****"


def mask_name(name: str) -> str:
    """`Budi Santoso` → `B*** S***`."""
    return " ".join(f"{word[0]}***" for word in name.split())


def name_for(user, name: str) -> str:
    return name if user.may("see_names") else mask_name(name)


def phones_for(user, phones: str, *, is_own: bool) -> list[str]:
    """Whole for the agent who carries the order, masked for others, none for who may not see names."""
    if not user.may("see_names"):
        return []
    return phones.split() if is_own else [mask_phone(phone) for phone in phones.split()]
