"""Bad coordinates caught at the door, and mended when exactly one mending makes sense.

A point comes from a form, a phone or a spreadsheet, and may have been damaged on the way: latitude and longitude
swapped, the minus sign lost, the decimal point lost (`-6851193`), zeros for "unknown". Three things tell what was
meant: the country, the reach of the customer's witel, and the distribution point (ODP) whose drop cable ends in the
house.

A point that is plausible as written is never touched. For any other one we list the *readings* under which it could
have been written, keep those that land in the country, within the witel and near the ODP, and take the reading with
the least damage if it is the only one of its kind. Two readings that both make sense mean that nobody knows: the
point is flagged and left. Clean rows pay for three comparisons and two distances; only suspicious ones are
enumerated.

All arrays are float64 of n points, degrees and metres, NaN = missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntFlag

import numpy as np

from common.geo import INDONESIA_LAT, INDONESIA_LON, distance_m, in_indonesia

# A drop cable is 200 m and rarely 250 m long and a GPS fix good to 30 m: of the honest houses whose truth is known, 998
# in 1,000 lie within 240 m of their ODP, and of the points stamped at an office one in thirty.
ODP_REACH_M = 240.0
# How near the ODP a reading must land where the point as written cannot be true at all. Points stamped at the office
# were 100-1,500 m off and may be damaged too; wrong readings are off by kilometres, since each moves the point
# tenfold.
REPAIR_REACH_M = 2_500.0
# Two fixes of one phone on one spot differ by more than this; only a copied point does not.
AT_ODP_M = 2.0
# 0,0 and its roundings (110 m): no exchange area of Indonesia holds that part of the Atlantic.
ZERO_DEG = 1e-3
# Three decimals are 110 m: more than the width of a block, so the point does not tell one house from another.
COARSE_DECIMALS = 3
# Without an ODP to confirm it, a decimal point is only put back into what has none and at least this many digits.
WHOLE_FROM = 1_000.0
# Readings closer than this are the same one (a latitude of 0 with and without its sign).
SAME_M = 1.0
# After the first power of ten that brings a latitude within the country, smaller ones may be meant too: -6.8, -0.68 ...
LATITUDE_SHIFTS = 4
# Points worked on at a time: their arrays stay in the processor's cache.
BLOCK = 16_384


class Fault(IntFlag):
    """What is wrong with a point, or was before it was repaired."""

    MISSING = 1
    ZERO = 2
    SWAPPED = 4
    SIGN_LOST = 8
    DECIMAL_LOST = 16
    COARSE = 32
    OUTSIDE_COUNTRY = 64
    OUTSIDE_AREA = 128
    FAR_FROM_ODP = 256
    AT_ODP = 512
    # Said by `stacks`, which looks at many customers at once.
    STACKED = 1024
    AT_OFFICE = 2048


@dataclass(frozen=True)
class Checked:
    """`lat`, `lon` NaN where there is no usable point; `faults` int64 of Fault bits; `repaired` bool. All of n."""

    lat: np.ndarray
    lon: np.ndarray
    faults: np.ndarray
    repaired: np.ndarray


@dataclass(frozen=True)
class Surroundings:
    """What is known about where each point should be. An ODP outside the country counts as unknown."""

    odp_lat: np.ndarray
    odp_lon: np.ndarray
    area_lat: np.ndarray
    area_lon: np.ndarray
    area_reach_m: np.ndarray

    def take(self, which) -> "Surroundings":
        return Surroundings(*(getattr(self, name)[which] for name in self.__dataclass_fields__))

    def odp_distance_m(self, lat, lon) -> np.ndarray:
        """NaN where the ODP is unknown."""
        return distance_m(lat, lon, self.odp_lat, self.odp_lon)

    def is_outside_area(self, lat, lon) -> np.ndarray:
        """False where the area is unknown."""
        return distance_m(lat, lon, self.area_lat, self.area_lon) > self.area_reach_m


def check_points(lat, lon, *, odp_lat, odp_lon, area_lat, area_lon, area_reach_m) -> Checked:
    """Checks and repairs n points. `area_*` are the witel's centre and reach; NaN for what is not known.

    Points in the country outside their area are kept and flagged; points outside the country become NaN.
    """
    arrays = np.broadcast_arrays(
        *(np.asarray(a, dtype=np.float64) for a in (lat, lon, odp_lat, odp_lon, area_lat, area_lon, area_reach_m))
    )
    total = arrays[0].size
    blocks = [_check_block(*(a[at : at + BLOCK] for a in arrays)) for at in range(0, total, BLOCK)]
    if not blocks:
        return Checked(np.empty(0), np.empty(0), np.empty(0, np.int64), np.empty(0, bool))
    return Checked(*(np.concatenate([getattr(b, name) for b in blocks]) for name in Checked.__dataclass_fields__))


def _check_block(lat, lon, odp_lat, odp_lon, area_lat, area_lon, area_reach_m) -> Checked:
    known_odp = in_indonesia(odp_lat, odp_lon)
    around = Surroundings(
        np.where(known_odp, odp_lat, np.nan), np.where(known_odp, odp_lon, np.nan), area_lat, area_lon, area_reach_m
    )
    lat, lon = lat.copy(), lon.copy()
    missing = ~(np.isfinite(lat) & np.isfinite(lon))
    zero = (np.abs(lat) < ZERO_DEG) & (np.abs(lon) < ZERO_DEG)
    faults = missing * int(Fault.MISSING) + zero * int(Fault.ZERO)
    lat[missing | zero] = lon[missing | zero] = np.nan

    place, in_country = _faults_of_place(lat, lon, around), in_indonesia(lat, lon)
    away = int(Fault.OUTSIDE_AREA | Fault.FAR_FROM_ODP)
    suspicious = np.flatnonzero(~np.isnan(lat) & (~in_country | ((place & away) != 0)))
    repaired = np.zeros(lat.size, dtype=bool)
    if suspicious.size:
        mended = _repair(lat[suspicious], lon[suspicious], in_country[suspicious], around.take(suspicious))
        done = suspicious[mended.repaired]
        lat[suspicious], lon[suspicious] = mended.lat, mended.lon
        faults[suspicious] |= mended.faults
        place[done] = _faults_of_place(lat[done], lon[done], around.take(done))
        repaired[done] = True
    return Checked(lat, lon, faults | np.where(np.isnan(lat), 0, place), repaired)


def _faults_of_place(lat, lon, around: Surroundings) -> np.ndarray:
    """int64 bits of what shows once the numbers are taken as they are; 0 for NaN."""
    odp_m = around.odp_distance_m(lat, lon)
    return (
        is_coarse(lat, lon) * int(Fault.COARSE)
        + around.is_outside_area(lat, lon) * int(Fault.OUTSIDE_AREA)
        + (odp_m > ODP_REACH_M) * int(Fault.FAR_FROM_ODP)
        + (odp_m <= AT_ODP_M) * int(Fault.AT_ODP)
    )


def is_coarse(lat, lon) -> np.ndarray:
    """True where neither number has more than three decimals; one alone may end in zeros by chance."""
    scale = 10.0**COARSE_DECIMALS
    lat, lon = lat * scale, lon * scale
    return (np.abs(lat - np.rint(lat)) < 1e-6) & (np.abs(lon - np.rint(lon)) < 1e-6)


def _repair(lat, lon, in_country, around: Surroundings) -> Checked:
    """The single least damaged reading that qualifies, else the point as written, NaN and flagged if not in the
    country.
    """
    out_lat, out_lon = np.where(in_country, lat, np.nan), np.where(in_country, lon, np.nan)
    faults = np.where(in_country, 0, int(Fault.OUTSIDE_COUNTRY))
    open_yet, repaired = np.ones(lat.size, dtype=bool), np.zeros(lat.size, dtype=bool)
    for damages in (1, 2):
        found_lat, found_lon, found_faults = (
            np.full(lat.size, np.nan),
            np.full(lat.size, np.nan),
            np.zeros(lat.size, np.int64),
        )
        several = np.zeros(lat.size, dtype=bool)
        for fault, read_lat, read_lon, confirmable in _readings(lat, lon, damages):
            good = open_yet & confirmable & _qualifies(read_lat, read_lon, in_country, fault, lat, lon, around)
            again = good & ~np.isnan(found_lat)
            several |= again & ~(distance_m(found_lat, found_lon, read_lat, read_lon) <= SAME_M)
            first = good & ~again
            found_lat[first], found_lon[first], found_faults[first] = read_lat[first], read_lon[first], fault
        found = ~np.isnan(found_lat)
        take = found & ~several
        out_lat[take], out_lon[take], faults[take] = found_lat[take], found_lon[take], found_faults[take]
        repaired |= take
        open_yet &= ~found
    return Checked(out_lat, out_lon, faults, repaired)


def _readings(lat, lon, damages: int) -> Iterator[tuple]:
    """(faults, lat, lon, possible) of every way the numbers could have been damaged in exactly `damages` ways."""
    for swapped in (False, True):
        y, x = (lon, lat) if swapped else (lat, lon)
        for y_sign, x_sign in ((1, 1), (-1, 1), (1, -1), (-1, -1)):
            flipped = y_sign + x_sign < 2
            base = int(swapped) * Fault.SWAPPED | int(flipped) * Fault.SIGN_LOST
            if base.bit_count() == damages:
                yield int(base), y * y_sign, x * x_sign, np.True_
            if base.bit_count() == damages - 1:
                shifted = _decimal_readings(y * y_sign, x * x_sign)
                yield from ((int(base | Fault.DECIMAL_LOST), *reading) for reading in shifted)


def _decimal_readings(lat, lon) -> Iterator[tuple]:
    """(lat, lon, possible) with the decimal point put back: into the longitude as its range demands, into the
    latitude at each place that brings it into the country."""
    lon_power = _power_within(lon, INDONESIA_LON[1])
    read_lon = lon / 10.0**lon_power
    least = _power_within(lat, max(map(abs, INDONESIA_LAT)))
    for more in range(LATITUDE_SHIFTS):
        power = least + more
        yield lat / 10.0**power, read_lon, (power > 0) | (lon_power > 0)


def _power_within(value, most) -> np.ndarray:
    """The smallest power of ten (>= 0) by which |value| must be divided to be at most `most`."""
    with np.errstate(divide="ignore"):
        power = np.ceil(np.log10(np.abs(value) / most) - 1e-12)
    return np.maximum(power, 0)


def _qualifies(read_lat, read_lon, in_country, fault: int, lat, lon, around: Surroundings) -> np.ndarray:
    """True where a reading lands in the country, within the witel and near the ODP, on enough evidence.

    A point that is in the country as written is only moved by the ODP, and close to it. Without an ODP the witel
    decides, but a decimal point is then put back only into whole numbers: any foreign point can be shifted into a
    large witel.
    """
    odp_m = around.odp_distance_m(read_lat, read_lon)
    near = odp_m <= np.where(in_country, ODP_REACH_M, REPAIR_REACH_M)
    unconfirmed = np.isnan(around.odp_lat) & ~in_country
    if fault & Fault.DECIMAL_LOST:
        unconfirmed &= _lost_or_sound(lat, read_lat, read_lon) & _lost_or_sound(lon, read_lat, read_lon)
    return in_indonesia(read_lat, read_lon) & ~around.is_outside_area(read_lat, read_lon) & (near | unconfirmed)


def _lost_or_sound(written, read_lat, read_lon) -> np.ndarray:
    """True where a written number is a whole one that lost its point, or is one of the reading's two numbers
    unshifted.
    """
    whole = (written == np.rint(written)) & (np.abs(written) >= WHOLE_FROM)
    return whole | (np.abs(written) == np.abs(read_lat)) | (np.abs(written) == np.abs(read_lon))
