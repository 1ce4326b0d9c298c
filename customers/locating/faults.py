"""Bad coordinates caught at the door, and mended when exactly one mending makes sense.

A point comes from a form, a phone or a spreadsheet, and may have been damaged on the way: latitude and longitude
swapped, the minus sign lost, the decimal point lost (`-6851193`), zeros for "unknown". Three things tell what was
meant: the country, the service area of the customer's witel (the cells of its boundaries where they are known, else
a circle around its seat), and the distribution point (ODP) whose drop cable ends in the house.

A point that is plausible as written is never touched. For any other one we list the *readings* under which it could
have been written, keep those that land in the country, within the witel and near the ODP, and take the reading with
the least damage if it is the only one of its kind. Two readings that both make sense mean that nobody knows: the
point is flagged and left. Clean rows pay for three comparisons and two distances; only suspicious ones are
enumerated.

All arrays are float64 of n points, degrees and metres, NaN = missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntFlag

import numpy as np

from common.geo import INDONESIA_LAT, INDONESIA_LON, distance_m, in_indonesia
from customers.locating.areas import ServiceAreas

NO_AREAS = ServiceAreas({})

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
LATITUDE_SHIFTS = 7
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

    def take(self, which: slice) -> "Checked":
        """The same arrays, seen through a slice: what is written there is written here."""
        return Checked(*(values[which] for values in vars(self).values()))


@dataclass(frozen=True)
class Surroundings:
    """What is known about where each point should be. An ODP outside the country counts as unknown.

    `area` is the key of the witel in `areas`; where `areas` does not know it, the circle of centre and reach counts.
    """

    odp_lat: np.ndarray
    odp_lon: np.ndarray
    area_lat: np.ndarray
    area_lon: np.ndarray
    area_reach_m: np.ndarray
    area: np.ndarray
    areas: ServiceAreas

    def take(self, which) -> "Surroundings":
        arrays = {name: value[which] for name, value in vars(self).items() if name != "areas"}
        return replace(self, **arrays)

    def odp_distance_m(self, lat, lon) -> np.ndarray:
        """NaN where the ODP is unknown or outside the country."""
        metres = distance_m(lat, lon, self.odp_lat, self.odp_lon)
        return np.where(self.has_odp(), metres, np.nan)

    def has_odp(self) -> np.ndarray:
        return in_indonesia(self.odp_lat, self.odp_lon)

    def is_outside_area(self, lat, lon) -> np.ndarray:
        """False where the area is unknown."""
        known, inside = self.areas.look(lat, lon, self.area)
        outside = ~inside & ~np.isnan(lat)
        if known.all():
            return outside
        beyond = distance_m(lat, lon, self.area_lat, self.area_lon) > self.area_reach_m
        return np.where(known, outside, beyond)


def check_points(
    lat, lon, *, odp_lat, odp_lon, area_lat, area_lon, area_reach_m, area=np.nan, areas: ServiceAreas = NO_AREAS
) -> Checked:
    """Checks and repairs n points. `area_*` are the witel's centre and reach, `area` its key in `areas`; NaN for what
    is not known.

    Points in the country outside their area are kept and flagged; points outside the country become NaN.
    """
    given = (lat, lon, odp_lat, odp_lon, area_lat, area_lon, area_reach_m, area)
    lat, lon, *known = np.broadcast_arrays(*(np.asarray(a, dtype=np.float64) for a in given))
    around = Surroundings(*known, areas)
    checked = Checked(*(np.empty(lat.size, dtype) for dtype in (float, float, np.int64, bool)))
    suspicious = np.zeros(lat.size, dtype=bool)
    for at in range(0, lat.size, BLOCK):
        block = slice(at, at + BLOCK)
        suspicious[block] = _look(lat[block], lon[block], around.take(block), checked.take(block))
    rows = np.flatnonzero(suspicious)
    for at in range(0, rows.size, BLOCK):  # gathered from all blocks: a hundred steps for a few points each are dear
        _mend(checked, rows[at : at + BLOCK], around)
    return checked


def _look(lat, lon, around: Surroundings, out: Checked) -> np.ndarray:
    """Writes what shows at first sight into `out`; True for the points that may have been meant otherwise."""
    missing = ~(np.isfinite(lat) & np.isfinite(lon))
    zero = (np.abs(lat) < ZERO_DEG) & (np.abs(lon) < ZERO_DEG)
    nowhere = missing | zero
    out.lat[:], out.lon[:] = np.where(nowhere, np.nan, lat), np.where(nowhere, np.nan, lon)
    place = _faults_of_place(out.lat, out.lon, around)
    out.faults[:] = missing * int(Fault.MISSING) + zero * int(Fault.ZERO) + place
    out.repaired[:] = False
    away = int(Fault.OUTSIDE_AREA | Fault.FAR_FROM_ODP)
    return ~nowhere & (~in_indonesia(out.lat, out.lon) | ((place & away) != 0))


def _mend(checked: Checked, rows: np.ndarray, around: Surroundings) -> None:
    """Repairs these rows of `checked` where one reading makes sense; takes the points of the others that lie in no
    part of the country away.
    """
    lat, lon, around = checked.lat[rows], checked.lon[rows], around.take(rows)
    in_country = in_indonesia(lat, lon)
    mended = _repair(lat, lon, in_country, around)
    checked.lat[rows], checked.lon[rows], checked.repaired[rows] = mended.lat, mended.lon, mended.repaired
    place = _faults_of_place(mended.lat, mended.lon, around)
    checked.faults[rows] = mended.faults | np.where(np.isnan(mended.lat), 0, place)


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
    for reach_m, damages in ((ODP_REACH_M, 1), (ODP_REACH_M, 2), (REPAIR_REACH_M, 1), (REPAIR_REACH_M, 2)):
        found_lat, found_lon, found_faults = (
            np.full(lat.size, np.nan),
            np.full(lat.size, np.nan),
            np.zeros(lat.size, np.int64),
        )
        several = np.zeros(lat.size, dtype=bool)
        for fault, read_lat, read_lon, possible in _readings(lat, lon, damages):
            # Most readings land in no part of the country: distances are only measured for those that do.
            rows = np.flatnonzero(open_yet & possible & in_indonesia(read_lat, read_lon))
            read_lat, read_lon = read_lat[rows], read_lon[rows]
            good = _qualifies(
                read_lat, read_lon, in_country[rows], fault, lat[rows], lon[rows], around.take(rows), reach_m
            )
            rows, read_lat, read_lon = rows[good], read_lat[good], read_lon[good]
            again = ~np.isnan(found_lat[rows])
            several[rows] |= again & ~(distance_m(found_lat[rows], found_lon[rows], read_lat, read_lon) <= SAME_M)
            first = rows[~again]
            found_lat[first], found_lon[first], found_faults[first] = read_lat[~again], read_lon[~again], fault
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


def _qualifies(read_lat, read_lon, in_country, fault: int, lat, lon, around: Surroundings, reach_m) -> np.ndarray:
    """True where a reading in the country lands within the witel and near the ODP, on enough evidence.

    A point that is in the country as written is only moved by the ODP, and close to it. Without an ODP the witel
    decides, but a decimal point is then put back only into whole numbers: any foreign point can be shifted into a
    large witel.
    """
    odp_m = around.odp_distance_m(read_lat, read_lon)
    near = odp_m <= np.where(in_country, ODP_REACH_M, reach_m)
    unconfirmed = ~around.has_odp() & ~in_country
    if fault & Fault.DECIMAL_LOST:
        unconfirmed &= _lost_or_sound(lat, read_lat, read_lon) & _lost_or_sound(lon, read_lat, read_lon)
    return ~around.is_outside_area(read_lat, read_lon) & (near | unconfirmed)


def _lost_or_sound(written, read_lat, read_lon) -> np.ndarray:
    """True where a written number is a whole one that lost its point, or is one of the reading's two numbers
    unshifted.
    """
    whole = (written == np.rint(written)) & (np.abs(written) >= WHOLE_FROM)
    return whole | (np.abs(written) == np.abs(read_lat)) | (np.abs(written) == np.abs(read_lon))
