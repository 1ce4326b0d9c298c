"""A small app whose migrations hold every shape of operation: what `release` and `rollback` are killed in."""
