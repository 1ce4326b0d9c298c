"""By which words a person is recognised in text: number, phones, name, address, e-mail; in every usual spelling.

Pure Python. One regular expression serves the databases (both know lookaround) and the files.
"""

import json
import re
from dataclasses import dataclass, field

HIDDEN = "•••"
# Shorter words are everybody's: "Budi" in a note says nothing, and would be blacked out of the notes of others.
NAME_LENGTH, ADDRESS_LENGTH = 8, 12
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
GAP = r"[ .\-]?"


@dataclass
class Canaries:
    service_number: str
    names: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)  # E.164
    addresses: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)

    def learn(self, *, name: str = "", phones: str = "", address: str = "") -> None:
        """Take in one spelling; what is too short to tell a person by is left out."""
        name, address = name.strip(), address.strip()
        if len(name) >= NAME_LENGTH:
            self.names.add(name)
        if len(address) >= ADDRESS_LENGTH:
            self.addresses.add(address)
        self.phones |= {phone for phone in phones.split() if len(re.sub(r"\D", "", phone)) >= 9}

    def learn_emails(self, text: str) -> None:
        self.emails |= set(EMAIL.findall(text))

    @property
    def number_pattern(self) -> str:
        """The service number alone: nobody else has it."""
        return f"(?i){digits(self.service_number)}"

    @property
    def other_pattern(self) -> str:
        """What others may share: a family's phone, a house with two lines, a namesake. Empty where nothing is known."""
        parts = [phone_pattern(phone) for phone in sorted(self.phones)]
        for word in sorted(self.names | self.addresses | self.emails):
            parts += [words_pattern(spelling) for spelling in spellings(word)]
        return f"(?i){'|'.join(parts)}" if parts else ""

    @property
    def pattern(self) -> str:
        """All of it."""
        others = self.other_pattern.removeprefix("(?i)")
        return f"{self.number_pattern}|{others}" if others else self.number_pattern


def digits(number: str) -> str:
    """A number with or without blanks, dots and hyphens, and not inside a longer one."""
    return rf"(?<![0-9]){GAP.join(number)}(?![0-9])"


def phone_pattern(phone: str) -> str:
    """`+6281234567890` also as 0812-3456-7890, 62 812…, 812…."""
    number = re.sub(r"\D", "", phone)
    local = number.removeprefix("62").lstrip("0")
    return rf"(?<![0-9])(?:\+?62|0)?{GAP}{GAP.join(local)}(?![0-9])"


def spellings(word: str) -> list[str]:
    """As people write it, and as JSON does where that differs."""
    return list(dict.fromkeys([word, json.dumps(word)[1:-1]]))


def words_pattern(text: str) -> str:
    """Words with any blanks between them, not inside a longer word."""
    joined = r"\s+".join(re.escape(word) for word in text.split())
    return rf"(?<!\w){joined}(?!\w)"
