"""Feeds for tests: the real exports beside the repository, and small ones written in plain text."""

from pathlib import Path

import pytest

from imports.services import import_file

INPUTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "inputs"
FILES = {"provisioning": "provisioning.csv", "billing": "billing.csv", "workorders": "workorders.xlsx"}
needs_inputs = pytest.mark.skipif(not INPUTS.is_dir(), reason=f"the real exports are not at {INPUTS}")


def bring(kind: str, part: str, **options):
    """Import one of the real exports."""
    path = INPUTS / part / FILES[kind]
    return import_file(kind=kind, path=path, filename=path.name, **options)


class Feed:
    """`feed("billing", "ND;PERIODE;…", rows…)` imports a small file."""

    def __init__(self, folder: Path):
        self.folder, self.count = folder, 0

    def __call__(self, kind: str, *lines: str, **options):
        self.count += 1
        path = self.folder / f"{kind}-{self.count}.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return import_file(kind=kind, path=path, filename=path.name, **options)

    def lines(self, *numbers: str, witel: str = "BANDUNG", **options):
        """Import houses in Bandung with these service numbers, each 200 m from the one before."""
        rows = [
            f"{number};Pelanggan {i};jl. melati no {i} rt 01 rw 02;{witel};ODP-CCD-FA/001;{-6.90012 - i * 0.002:.5f};107.60034;{-6.90112 - i * 0.002:.5f};107.60034;2020-01-01;T1;08123456789{i % 10}"
            for i, number in enumerate(numbers)
        ]
        return self("provisioning", PROVISIONING, *rows, **options)


PROVISIONING = "ND;NAMA;ALAMAT;WITEL;ODP;LATITUDE;LONGITUDE;ODP_LAT;ODP_LON;TGL_PS;TEKNISI;NO_HP"
BILLING = "ND;PERIODE;TAGIHAN;STATUS_BAYAR;TGL_BAYAR"
ORDERS = "NO_WO;ND;PERIODE;CTB;TGL_WO;SALDO"


@pytest.fixture
def feed(tmp_path):
    return Feed(tmp_path)
