"""How what we keep is called. Short, so that it fits 64 characters; one prefix, so that everything else can skip it."""

ARCHIVE_PREFIX = "zz_rb_"


def archive_name(run_id: int, number: int) -> str:
    return f"{ARCHIVE_PREFIX}{run_id}_{number}"


# What may stand before the first word of a statement.
COMMENTS = r"(?:\s|--[^\n]*(?:\n|$)|#[^\n]*(?:\n|$)|/\*.*?\*/)*"
