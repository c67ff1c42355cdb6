"""What anyone can work out of a plan of help: linear programmes over its public figures."""

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from data.access.indicators import commune_indicators
from data.region.rules import LEAST_PUBLIC_GPS
from data.solidarity.donors import donor_groups
from data.solidarity.flows import ELSEWHERE, flows


def system_of(territory, found, *, told=True):
    """Return what anyone knows of a plan: rows of both kinds, bounds, and who could give."""
    communes = commune_indicators(territory)
    count = len(communes)
    able = found.able[:count]
    givers = np.flatnonzero(able > 0)
    rank = np.full(count, -1)
    rank[givers] = np.arange(givers.size)
    if found.roads is None:
        hosts = np.flatnonzero(found.given[:count] > 0)
        origin, host = np.repeat(givers, hosts.size), np.tile(hosts, givers.size)
    else:
        roads = found.roads[found.given[found.roads["host"]] > 0]
        origin, host = roads["origin"].to_numpy(), roads["host"].to_numpy()
    moves = np.arange(origin.size) + givers.size  # half-days of a commune to a host
    equal, upper = [], []

    def say(rows, what, value):
        rows.append((np.asarray(what), np.ones(len(what)), value))

    say(equal, np.arange(givers.size), float(found.volunteers.sum()))
    for one in np.flatnonzero(found.given[:count] > 0):
        say(equal, moves[host == one], float(found.given[one]))
    for giver in givers:
        used = moves[origin == giver]
        weights = np.append(np.ones(used.size), -found.terms.ceiling)
        upper.append((np.append(used, rank[giver]), weights, 0.0))
    if told:
        _say_donors(territory, found, (givers, rank, origin, host, moves), say, equal)
    size = givers.size + origin.size
    bounds = np.column_stack(
        [np.zeros(size), np.concatenate([able[givers], np.full(origin.size, np.inf)])]
    )
    matrices = [_matrix(rows, size) for rows in (upper, equal)]
    return matrices, bounds, givers, rank


def most_hidden(able):
    """Return the volunteers that a commune may be known to hold: five others stay, or none."""
    return np.where(able < LEAST_PUBLIC_GPS, 0.0, able - LEAST_PUBLIC_GPS)


def _say_donors(territory, found, attacked, say, equal):
    givers, rank, origin, host, moves = attacked
    helped = commune_indicators(territory)["epci_name"].to_numpy()
    receives = set(helped[found.given[: len(helped)] > 0])
    groups = donor_groups(territory, found)
    of = groups.of.to_numpy()
    for row in groups.table.itertuples():
        say(equal, rank[givers[of[givers] == row.group]], float(row.volunteers))
        say(equal, moves[of[origin] == row.group], float(row.lent))
    lines = flows(territory, found).lines
    for donor, own in lines.groupby("donor"):
        alone = list(own["helped"])
        for line in own.itertuples():
            elsewhere = line.helped == ELSEWHERE
            if elsewhere and donor in receives:
                continue  # help at home has no line: what is left may be here or there
            goes = ~np.isin(helped, alone) if elsewhere else helped == line.helped
            say(equal, moves[(of[origin] == donor) & goes[host]], float(line.half_days))


def least(aim, matrices, bounds):
    """Return the solution of the least `aim` that all the figures leave possible."""
    (upper, limits), (equal, values) = matrices
    best = linprog(
        aim, A_ub=upper, b_ub=limits, A_eq=equal, b_eq=values, bounds=bounds, method="highs"
    )
    assert best.status == 0, best.message
    return best


def _matrix(rows, size):
    columns = np.concatenate([what for what, _, _ in rows])
    values = np.concatenate([weights for _, weights, _ in rows])
    places = np.repeat(np.arange(len(rows)), [len(what) for what, _, _ in rows])
    matrix = csr_matrix((values, (places, columns)), shape=(len(rows), size))
    return matrix, np.array([value for _, _, value in rows])
