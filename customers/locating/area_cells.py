"""Patches of the country as cells of a grid: outlines filled, points counted, edges widened.

The grid has cells of 0.01 degree (1.1 km), numbered from the south-west; a patch is the rectangle of cells around it
and one truth value per cell. Coarse on purpose: boundaries are simplified by hundreds of metres and villages of two
witel lie mixed along them, so that a finer line would only be wrong more exactly.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

CELL_DEG = 0.01
SOUTH, WEST = -12.0, 94.0  # the outer corner of cell (0, 0); south-west of all of Indonesia
# Cells around a filled outline that belong to it too, since its line is simplified.
MARGIN_CELLS = 1
# What makes a cell inhabited: customers of the witel at this many spots. Five distinct customers on one spot are a
# stack (an office, a default of the form), and spots that share 11 m are one.
LEAST_SPOTS = 5
SPOT_DECIMALS = 4
# A house farther than this from any inhabited cell would be the first of its kind for 3 km.
REACH_CELLS = 3


@dataclass(frozen=True)
class Cells:
    """`mask` (rows, columns) bool; its first row is grid row `row`, its first column grid column `col`."""

    row: int
    col: int
    mask: np.ndarray


def grid_position(lat, lon):
    """(row, column) as float64, fractions within the cell; NaN stays NaN."""
    return (np.asarray(lat) - SOUTH) / CELL_DEG, (np.asarray(lon) - WEST) / CELL_DEG


def fill_outline(polygons: list[list[np.ndarray]], margin: int = MARGIN_CELLS) -> Cells:
    """Cells that polygons (common.polygons) touch or hold, and `margin` cells around."""
    rows, cols = zip(*(grid_position(ring[:, 1], ring[:, 0]) for part in polygons for ring in part), strict=True)
    top, left = (int(np.floor(min(v.min() for v in axis))) for axis in (rows, cols))
    height, width = (
        int(np.floor(max(v.max() for v in axis))) - first + 1 for axis, first in ((rows, top), (cols, left))
    )
    inner = np.zeros((height, width), dtype=bool)
    for ring_rows, ring_cols in zip(rows, cols, strict=True):
        mark_line(inner, ring_rows - top, ring_cols - left)
    inner |= is_inside(rows, cols, top, left, inner.shape)
    return widen(Cells(top, left, inner), margin)


def mark_line(mask: np.ndarray, rows: np.ndarray, cols: np.ndarray) -> None:
    """Set the cells along a line, looked at every half cell."""
    steps = np.ceil(2 * np.maximum(np.abs(np.diff(rows)), np.abs(np.diff(cols)))).astype(np.int64) + 1
    edge = np.repeat(np.arange(steps.size), steps)
    share = (np.arange(edge.size) - np.repeat(np.cumsum(steps) - steps, steps)) / steps[edge]
    row, col = (axis[:-1][edge] + share * np.diff(axis)[edge] for axis in (rows, cols))
    mask[row.astype(np.int64), col.astype(np.int64)] = True


def is_inside(rows, cols, top: int, left: int, shape: tuple[int, int]) -> np.ndarray:
    """bool of `shape`: the centres of cells that lie inside the rings, by the even-odd rule, so that holes stay out.

    Each edge flips all cells east of where it crosses the row's middle line; what was flipped an odd number of times
    is inside.
    """
    flips = np.zeros((shape[0], shape[1] + 1), dtype=np.int32)
    for ring_rows, ring_cols in zip(rows, cols, strict=True):
        y, x = ring_rows - top - 0.5, ring_cols - left - 0.5
        low, high = np.minimum(y[:-1], y[1:]), np.maximum(y[:-1], y[1:])
        first = np.ceil(low).astype(np.int64)
        crossed = np.ceil(high).astype(np.int64) - first
        edge = np.repeat(np.arange(crossed.size), crossed)
        line = np.arange(edge.size) - np.repeat(np.cumsum(crossed) - crossed, crossed) + first[edge]
        slope = np.diff(x)[edge] / np.diff(y)[edge]
        at = np.ceil(x[:-1][edge] + (line - y[:-1][edge]) * slope).astype(np.int64)
        np.add.at(flips, (line, np.clip(at, 0, shape[1])), 1)
    return np.cumsum(flips, axis=1)[:, :-1] % 2 == 1


def widen(cells: Cells, by: int) -> Cells:
    """The cells and all that lie within `by` cells of one, diagonals included."""
    wide = np.pad(cells.mask, by)
    for axis in (0, 1):
        reached = wide.copy()
        for step in range(1, by + 1):  # nothing comes round the edges: they were just added
            reached |= np.roll(wide, step, axis) | np.roll(wide, -step, axis)
        wide = reached
    return Cells(cells.row - by, cells.col - by, wide)


def join_cells(patches: Iterable[Cells]) -> Cells:
    """One patch of all; there is at least one."""
    patches = list(patches)
    top, left = min(p.row for p in patches), min(p.col for p in patches)
    height = max(p.row + p.mask.shape[0] for p in patches) - top
    width = max(p.col + p.mask.shape[1] for p in patches) - left
    mask = np.zeros((height, width), dtype=bool)
    for p in patches:
        at, across = p.row - top, p.col - left
        mask[at : at + p.mask.shape[0], across : across + p.mask.shape[1]] |= p.mask
    return Cells(top, left, mask)


def inhabited_cells(
    lat: np.ndarray, lon: np.ndarray, least: int = LEAST_SPOTS, reach: int = REACH_CELLS
) -> Cells | None:
    """Cells with points at `least` spots, and those within `reach` cells of one; None where there is none."""
    spots = np.unique(np.round(np.column_stack([lat, lon]), SPOT_DECIMALS), axis=0)
    places = np.floor(np.column_stack(grid_position(spots[:, 0], spots[:, 1]))).astype(np.int64)
    places, number = np.unique(places, axis=0, return_counts=True)
    places = places[number >= least]
    if not len(places):
        return None
    top, left = places.min(axis=0)
    mask = np.zeros(places.max(axis=0) - (top, left) + 1, dtype=bool)
    mask[places[:, 0] - top, places[:, 1] - left] = True
    return widen(Cells(int(top), int(left), mask), reach)


def as_geometry(cells: Cells) -> dict:
    """A GeoJSON MultiPolygon of one rectangle per run of cells in a row, drawn half a hundredth of a cell inside them,
    so that filling it again without a margin gives the same cells."""
    inset, boxes = CELL_DEG / 200, []
    for number, row in enumerate(cells.mask):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], row, [False]]).astype(np.int8)))
        south = SOUTH + (cells.row + number) * CELL_DEG
        for start, end in zip(edges[0::2], edges[1::2], strict=True):
            west, east = (WEST + (cells.col + int(at)) * CELL_DEG for at in (start, end))
            w, e, s, n = west + inset, east - inset, south + inset, south + CELL_DEG - inset
            corners = [[w, s], [e, s], [e, n], [w, n], [w, s]]
            boxes.append([[[round(x, 6), round(y, 6)] for x, y in corners]])
    return {"type": "MultiPolygon", "coordinates": boxes}
