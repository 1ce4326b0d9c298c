"""Text that a spreadsheet would run as a formula gets an apostrophe in front in CSV; reading takes it off.

A text that already has apostrophes before such a character gets one more: `restore(neutralise(text)) == text` always.
Numbers that we write as numbers are not touched. Phones (`+62...`) are text, and do get the apostrophe.
"""

import re

# Formula starters, their full-width forms, also behind blanks and what is not seen; tab, line ends, NUL by themselves.
DANGEROUS = r"(?:[\s\x00-\x1f\u200b\u2060\ufeff]*[=+\-@＝＋－＠]|[\t\r\n\x00])"
TO_NEUTRALISE = re.compile(rf"'*{DANGEROUS}")
TO_RESTORE = re.compile(rf"''*{DANGEROUS}")


def neutralise(text: str) -> str:
    return "'" + text if TO_NEUTRALISE.match(text) else text


def restore(text: str) -> str:
    return text[1:] if TO_RESTORE.match(text) else text
