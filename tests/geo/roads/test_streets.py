"""Cells of streets: all the metres, where they are, of the roads where people live."""

import dataclasses

import numpy as np
import pytest

from geo.roads import streets
from geo.roads.profile import CODES
from geo.roads.projection import to_metres


def test_all_metres_of_residential_streets_are_found_in_their_cells(make_random, make_network):
    links = make_random(3, side=6, residents=0.0)
    code = np.full(len(links.start), CODES["residential"], np.uint8)
    code[::3] = CODES["primary"]  # nobody lives there
    code[1::3] = CODES["unclassified"]
    network = make_network(dataclasses.replace(links, code=code))
    cells = streets.street_cells(network)
    length = np.hypot(*(np.diff(network.shape_cm.reshape(-1, 2, 2), axis=1)[:, 0].T / 100))
    for residential, name in ((True, "residential"), (False, "unclassified")):
        found = cells.loc[cells["residential"] == residential, "metres"].sum()
        assert found == pytest.approx(length[network.link_class == CODES[name]].sum(), rel=1e-6)
    xy = to_metres(cells[["lon", "lat"]].to_numpy(), network.crs)
    column, row = np.floor(xy / streets.CELL_M).astype(int).T
    keys = list(zip(column, row, cells["residential"], strict=True))
    assert len(set(keys)) == len(keys)
