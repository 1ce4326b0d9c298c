"""The migrations of customers, and after them the release that `benchmarks/rollback.py` takes back."""

from pathlib import Path

__path__ = [str(Path(__file__).parents[2] / "customers" / "migrations"), str(Path(__file__).parent)]
