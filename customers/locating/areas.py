"""Which points lie in which witel's service area: one look into a grid of truth values per point.

An area is a number (the witel's key) with a patch of cells (`area_cells`). All patches stand one behind the other in
one array of truth values, 8 MB for the whole country. Of an area that is not here nothing is said.
"""

from collections.abc import Mapping

import numpy as np

from customers.locating.area_cells import Cells, grid_position


class ServiceAreas:
    """Service areas by key. Arrays are of n points: degrees float64, NaN = unknown; keys int or float64."""

    def __init__(self, patches: Mapping[int, Cells]):
        ordered = sorted(patches.items())
        self.keys = np.array([key for key, _ in ordered], dtype=np.float64)
        self._corner = np.array([(p.row, p.col) for _, p in ordered], dtype=np.float64).reshape(-1, 2).T
        self._size = np.array([p.mask.shape for _, p in ordered], dtype=np.float64).reshape(-1, 2).T
        sizes = self._size[0] * self._size[1]
        self._offset = np.cumsum(sizes) - sizes
        self._cells = np.concatenate([p.mask.ravel() for _, p in ordered] or [np.zeros(1, dtype=bool)])

    def knows(self, area) -> np.ndarray:
        """bool of n: whether there is a patch for the area, so that `contains` says something."""
        return self._found(area)[0]

    def contains(self, lat, lon, area) -> np.ndarray:
        """bool of n: whether the point lies in a cell of its area. False for an unknown point or area."""
        return self.look(lat, lon, area)[1]

    def look(self, lat, lon, area) -> tuple[np.ndarray, np.ndarray]:
        """(`knows`, `contains`) at the price of one."""
        known, slot = self._found(area)
        if not known.any():
            return known, known
        row, col = grid_position(lat, lon)
        row, col = np.floor(row) - self._corner[0][slot], np.floor(col) - self._corner[1][slot]
        height, width = self._size[0][slot], self._size[1][slot]
        within = known & (row >= 0) & (row < height) & (col >= 0) & (col < width)
        at = np.where(within, self._offset[slot] + row * width + col, 0).astype(np.int64)
        return known, within & self._cells[at]

    def _found(self, area) -> tuple[np.ndarray, np.ndarray]:
        """(bool, place among `keys`) of n; the place means nothing where the area is unknown."""
        area = np.asarray(area, dtype=np.float64)
        if not self.keys.size:
            return np.zeros(area.shape, dtype=bool), np.zeros(area.shape, dtype=np.int64)
        slot = np.minimum(np.searchsorted(self.keys, area), self.keys.size - 1)
        return self.keys[slot] == area, slot
