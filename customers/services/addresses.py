"""What was read of addresses, as rows of the table; and reading again with a better reader."""

from collections.abc import Iterable

import polars as pl

from common.batches import batched
from common.bulk import update_rows
from customers.locating.addresses import READER_VERSION, read_addresses
from customers.models import Address

PARTS = (
    "street",
    "house_number",
    "block",
    "rt",
    "rw",
    "village",
    "district",
    "city",
    "postal_code",
    "landmark",
    "missing",
)


def addresses(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of the address table of `rows` (customer_id, address): what was written, beside what was read."""
    return beside(rows, read_addresses(rows["address"]))


def beside(rows: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """Rows of the address table from `rows` (customer_id, address) and what was read of their addresses."""
    parts = parts.select(*PARTS, "completeness")
    return pl.concat([rows.select("customer_id", raw="address"), parts], how="horizontal").with_columns(
        [pl.col(name).fill_null("").str.slice(0, width_of(name)) for name in PARTS],
        reader_version=pl.lit(READER_VERSION),
    )


def width_of(part: str) -> int:
    return Address._meta.get_field(part).max_length


def read_again(*, customers: Iterable[int]) -> None:
    """Read the addresses of these customers that an older reader read."""
    for keys in batched(customers, 2000):
        rows = Address.objects.filter(pk__in=keys, reader_version__lt=READER_VERSION).values_list("pk", "raw")
        schema = {"customer_id": pl.Int64, "address": pl.String}
        old = pl.DataFrame(list(rows.order_by("pk")), schema=schema, orient="row")
        update_rows(Address._meta.db_table, "customer_id", addresses(old).drop("raw"))
