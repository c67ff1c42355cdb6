"""Roads that serve what lies along them only: no journey goes through them.

A journey may begin on such roads and end on them, and take open ones between. Those roads and their
junctions are therefore there twice: on the way out, from which one goes on to the open network and
never comes back, and on the way in, which one never leaves. A place on them is left by the nodes
of the way out and reached by those of the way in.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

Nodes = npt.NDArray[np.int64]


@dataclass(eq=False)
class Layers:
    """The arcs of a network with the two layers of its roads for residents.

    Attributes
    ----------
    place
        Junction of each node, shape (n,): those of before first.
    tail, head, link
        Arcs, shape (m,); link -1 for a passage.
    ends
        Shape (k, 2, 2): for each link and direction, the node that it is reached by, and the node
        that it leads to.
    """

    place: Nodes
    tail: Nodes
    head: Nodes
    link: Nodes
    ends: Nodes


def layers(
    residents: npt.NDArray[np.bool_],
    usable: npt.NDArray[np.bool_],
    ends: Nodes,
    *,
    passages: Nodes,
    place: Nodes,
    part: Nodes,
) -> Layers:
    """Double the roads where no journey goes through.

    Parameters
    ----------
    residents
        Links that say so, shape (k,).
    usable
        Directed links that cars may take, shape (k, 2).
    ends
        Tail and head of directed links, shape (k, 2, 2).
    passages
        Arcs of no length inside junctions, shape (p, 2).
    place, part
        Junction and connected part of each node, shape (n,); part -1 for a node left out.
    """
    local = usable & _local(residents, usable, ends, passages, part)[:, None]
    touched = np.zeros(len(place), bool)
    touched[ends[local]] = True
    doubled = np.flatnonzero(touched)
    way_in, way_out = np.full((2, len(place)), -1)
    way_in[doubled] = len(place) + np.arange(len(doubled))
    way_out[doubled] = way_in[doubled] + len(doubled)
    inside = passages[touched[passages].all(axis=1)]
    link = np.broadcast_to(np.arange(len(usable))[:, None], usable.shape)
    joints = np.concatenate(
        [
            passages,
            way_in[inside],
            way_out[inside],
            np.column_stack([way_out[doubled], doubled]),
            np.column_stack([doubled, way_in[doubled]]),
        ]
    )
    arcs = np.concatenate(
        [ends[usable & ~local], way_in[ends[local]], way_out[ends[local]], joints]
    )
    reached = np.where(local[:, :, None], np.stack([way_in, way_out])[[0, 1], ends], ends)
    return Layers(
        place=np.concatenate([place, place[doubled], place[doubled]]),
        tail=arcs[:, 0],
        head=arcs[:, 1],
        link=np.concatenate(
            [link[usable & ~local], link[local], link[local], np.full(len(joints), -1)]
        ),
        ends=reached,
    )


def _local(
    residents: npt.NDArray[np.bool_],
    usable: npt.NDArray[np.bool_],
    ends: Nodes,
    passages: Nodes,
    part: Nodes,
) -> npt.NDArray[np.bool_]:
    """Return the links where no journey goes through, shape (k,).

    An open road that one only reaches by roads for residents is like them: else nobody could go
    there. So all is local but the largest part, of each connected one, that holds together
    without them.
    """
    if not residents.any():
        return residents
    arcs = np.concatenate([ends[usable & ~residents[:, None]], passages])
    count = len(part)
    graph = coo_matrix((np.ones(len(arcs), np.int8), arcs.T), shape=(count, count))
    _, piece = connected_components(graph, connection="strong")
    sizes = np.bincount(piece)
    # Largest piece of each part: the last of the part once sorted by size.
    nodes = np.flatnonzero(part >= 0)
    nodes = nodes[np.lexsort([sizes[piece[nodes]], part[nodes]])]
    last = np.append(part[nodes][1:] != part[nodes][:-1], True)
    whole = np.isin(piece, piece[nodes[last]])
    return residents | ~(whole[ends] | ~usable[:, :, None]).all(axis=(1, 2))
