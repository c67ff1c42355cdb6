"""`proxisoins roads`, `isochrone` and `matrix`: the road network, and travel times from it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.base.command_options import REGION, Out, Region

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from geo.roads.calibration import Agreement
    from geo.roads.engine import RoadTravelTime
    from geo.travel_time import LonLat, Minutes, TravelTime

_COVERED_SHARE = 0.5
"""The network in use answers for a table when at least this share of its points is near a road."""
_EpsgOption = Annotated[
    int | None,
    typer.Option(
        "--epsg",
        help="Système des coordonnées (2154 Lambert-93, 3857 Mercator, 4326 degrés…), si leurs "
        "valeurs ne suffisent pas à le dire.",
    ),
]

app = typer.Typer(
    name="roads",
    help="Réseau routier : télécharger, construire, vérifier.",
    no_args_is_help=True,
)

_NetworkOption = Annotated[
    Path | None,
    typer.Option(help="Réseau à utiliser : un dossier déjà construit, ou un extrait .osm.pbf."),
]
_PeakOption = Annotated[
    bool, typer.Option("--peak", help="Vitesses des heures de pointe (réseau routier seulement).")
]


@app.command("build")
def build(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FICHIER…", help="Extraits OpenStreetMap (.osm.pbf, .osm.gz)."),
    ],
) -> None:
    """Construit le réseau routier à partir d’extraits et le met en usage."""
    from data.base.french import number
    from data.region.road_build import build_and_use
    from data.region.road_networks import size_bytes

    chosen = build_and_use(files, _tell)
    size = f"{chosen} ({number(size_bytes(chosen) / 1e6)} Mo)"
    typer.echo(f"Réseau {'en usage' if _served() else 'construit'} : {size}.")
    typer.echo(_said_of_use())


@app.command("fetch")
def fetch(
    region: Annotated[
        str, typer.Argument(metavar="RÉGION", help="Nom ou code INSEE, par exemple bretagne ou 53.")
    ],
    *,
    base_url: Annotated[
        str | None, typer.Option(help="Adresse du dossier des extraits, si ce n’est Geofabrik.")
    ] = None,
    neighbours: Annotated[
        bool, typer.Option("--neighbours", help="Ajouter les extraits des régions voisines.")
    ] = False,
) -> None:
    """Télécharge les extraits OpenStreetMap d’une région (reprise et contrôle compris)."""
    from data.official.osm_extracts import GEOFABRIK, fetch_region

    files = fetch_region(region, _tell, base_url=base_url or GEOFABRIK, neighbours=neighbours)
    typer.echo("Construisez maintenant le réseau :")
    typer.echo("  proxisoins roads build " + " ".join(f'"{file}"' for file in files))


@app.command("calibrate")
def calibrate(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FICHIER",
            help="Table de trajets (CSV, XLSX, Parquet) : les deux bouts et la durée connue.",
        ),
    ],
    *,
    minutes: Annotated[
        str | None, typer.Option(help="Colonne des durées, en minutes, s’il y en a plusieurs.")
    ] = None,
    region: Region = REGION,
    epsg: _EpsgOption = None,
) -> None:
    """Cale les vitesses du réseau en usage sur des durées connues (Metric, relevés…)."""
    import numpy as np

    from data.access.travel_tables import known_minutes, pair_ends
    from data.files.table_files import read_text_table
    from data.region.road_networks import current_folder, open_network, put_in_use
    from geo.errors import UnavailableError
    from geo.roads.calibration import Pairs
    from geo.roads.calibration import calibrate as fit
    from geo.roads.projection import to_metres

    chosen = current_folder()
    if chosen is None:
        message = "Aucun réseau routier à caler : construisez-en un par « proxisoins roads build »."
        raise UnavailableError(message)
    roads = open_network(chosen)
    network = roads.network
    table = read_text_table(file)
    ends = pair_ends(table, _communes(region, former=True), epsg, roads.covers)
    known = np.isfinite(np.column_stack(ends)).all(axis=1)
    origins, destinations = (to_metres(points[known], network.crs) for points in ends)
    found = fit(network, Pairs(origins, destinations, known_minutes(table, minutes)[known]), _tell)
    typer.echo(f"{found.before.pairs} trajets sur {len(table)} ont servi.")
    typer.echo(f"  Vitesses en place      : {_agreement(found.before)}")
    typer.echo(f"  Calées, contre-épreuve : {_agreement(found.after)}")
    if found.after.mean_absolute_min >= found.before.mean_absolute_min:
        typer.echo("Le calage n’apporte rien sur les trajets tenus à l’écart : rien n’est changé.")
        return
    typer.echo(f"Réseau calé en usage : {put_in_use(found.network)}")


@app.command("status")
def status(
    *,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Comparer tous les fichiers du réseau à leur empreinte."),
    ] = False,
) -> None:
    """Dit quel réseau routier est en usage, de quelle date, de quelle taille."""
    from data.base.french import counted, number
    from data.region.road_networks import current_folder, open_network, size_bytes
    from geo.roads.network import verify as verified_files

    chosen = current_folder()
    if chosen is None:
        typer.echo(
            "Aucun réseau routier : les temps sont estimés. Voyez « proxisoins roads build »."
        )
        return
    checked = verified_files(chosen) if verify else 0
    engine = open_network(chosen)
    said = engine.network.provenance
    typer.echo(f"{engine.label.name}, données du : {engine.label.vintage}")
    typer.echo(f"  {_said_of_use()}")
    typer.echo(f"  Dossier : {chosen} ({number(size_bytes(chosen) / 1e6)} Mo)")
    typer.echo(f"  Construit le {said['built_at']}, version {said['version']}, {said['crs']}")
    for source in said.get("files", []):
        typer.echo(f"  Extrait : {source['file']} ({source['date'] or 'sans date'})")
    if verify:
        typer.echo(f"  Vérifié : {checked} fichiers conformes à leur empreinte")
    typer.echo(
        f"  {number(said['nodes'])} nœuds, {number(said['arcs'])} arcs, "
        f"{number(said['road_km'])} km de routes, "
        f"{counted(said['parts'], 'ensemble relié', 'ensembles reliés')}"
    )
    typer.echo(
        f"  Laissés de côté : {number(said['dropped_parts'])} îlots sans lien, "
        f"{number(said['dropped_km'])} km de tronçons"
    )
    before = ""
    if "calibration" in said:
        typer.echo(f"  Vitesses calées sur {number(said['calibration']['pairs'])} trajets connus")
        before = " avant calage"
    typer.echo(f"  Vitesses hors pointe{before}, km/h (campagne, ville, ville dense) :")
    for name, speeds in said["speeds_kmh"].items():
        typer.echo(f"    {name:<15}" + "".join(f"{speed:>6}" for speed in speeds))


def write_isochrone(
    *,
    lon: Annotated[float, typer.Option(help="Longitude du point, degrés.")],
    lat: Annotated[float, typer.Option(help="Latitude du point, degrés.")],
    out: Annotated[Path, typer.Option(help="Fichier GeoJSON à écrire.")],
    minutes: Annotated[
        list[float] | None, typer.Option(help="Seuil en minutes, répétable (10, 20, 30).")
    ] = None,
    network: _NetworkOption = None,
    region: Region = REGION,
    peak: _PeakOption = False,
) -> None:
    """Écrit les zones à moins de tant de minutes en voiture d’un point."""
    import numpy as np

    from data.access.source_notes import dated
    from data.access.travel_tables import isochrone_table, write_geojson
    from data.base.french import as_set, number
    from geo.travel_time import RINGS_MINUTES

    origin = np.array([lon, lat])
    roads = _roads(network, "peak" if peak else "offpeak")
    engine = (network and roads) or _engine(roads, region, origin[None], peak=peak)
    people, source = _people(region)
    table = isochrone_table(engine, origin, minutes or RINGS_MINUTES, people)
    label = engine.label
    notes = [
        dated("Zones atteintes en voiture d’un point"),
        f"Temps de trajet : {label.name} ({label.vintage}). {label.detail}",
    ]
    if "population_reached" in table:
        notes.append(
            "Habitants atteints : chaque commune, des régions voisines aussi, comptée en entier à "
            f"son bourg. {source}."
        )
    write_geojson(table, out, notes)
    for row in table.itertuples():
        typer.echo(f"{as_set(row.minutes)} min : {number(row.area_km2, 2)} km²")
    typer.echo(f"Zones écrites : {out} ({engine.label.name}, {engine.label.vintage}).")


def write_matrix(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FICHIER",
            help=(
                "Table de paires (CSV, XLSX, Parquet) : x1,y1,x2,y2 (mètres, Lambert-93), "
                "lon1,lat1,lon2,lat2 (degrés) ou code1,code2 (communes)."
            ),
        ),
    ],
    *,
    out: Out,
    network: _NetworkOption = None,
    region: Region = REGION,
    peak: _PeakOption = False,
    epsg: _EpsgOption = None,
) -> None:
    """Ajoute à une table de paires de points une colonne « minutes » en voiture."""
    from functools import cache

    import numpy as np

    from data.access.source_notes import dated
    from data.access.travel_tables import pair_ends, pair_minutes, read_pairs, write_pairs
    from data.base.french import counted

    table = read_pairs(file)
    roads = cache(lambda: _roads(network, "peak" if peak else "offpeak"))

    def covered(points: "LonLat") -> "npt.NDArray[np.bool_]":
        found = roads()
        return np.zeros(len(points), dtype=bool) if found is None else found.covers(points)

    communes, elsewhere = _communes(region, former=True), lambda: _communes_elsewhere(region)
    origins, destinations = pair_ends(table, communes, epsg, covered, elsewhere)
    ends = np.concatenate([origins, destinations])
    engine = (network and roads()) or _engine(roads(), region, ends, peak=peak)
    minutes = pair_minutes(engine, origins, destinations)
    if network is None and not peak:
        minutes = _elsewhere(region, minutes, origins, destinations)
    label = engine.label
    notes = [
        dated(f"Trajets de {file.name} et leurs minutes en voiture"),
        f"Temps de trajet : {label.name} ({label.vintage}). {label.detail}",
    ]
    write_pairs(table, minutes, out, notes)
    blank = int(np.isnan(minutes).sum())
    pairs = counted(len(table), "paire", "paires")
    typer.echo(f"{pairs}, {label.name} ({label.vintage}) : {out}")
    if blank:
        typer.echo(
            f"{counted(blank, 'paire', 'paires')} sans temps : point inconnu, hors du territoire "
            "couvert ou sans route qui y mène.",
            err=True,
        )


def _communes_elsewhere(region: str) -> "list[pd.DataFrame]":
    """Return the communes of the other regions that are built."""
    from data.region.catalogue import regions

    others = [_communes(code, former=True) for code, _ in regions() if code != region]
    return [one for one in others if one is not None]


def _elsewhere(
    region: str, minutes: "Minutes", origins: "LonLat", destinations: "LonLat"
) -> "Minutes":
    """Complete the minutes of pairs that a region does not hold with the other regions built."""
    import numpy as np

    from data.access.travel_tables import pair_minutes
    from data.region.catalogue import regions, travel_time

    known = np.isfinite(np.column_stack([origins, destinations])).all(axis=1)
    for other, _ in regions():
        left = np.flatnonzero(known & np.isnan(minutes))
        if not left.size:
            break
        if other != region:
            minutes[left] = pair_minutes(travel_time(other), origins[left], destinations[left])
    return minutes


def _agreement(found: "Agreement") -> str:
    from data.base.french import number, percent

    return (
        f"écart moyen {number(found.mean_absolute_min, 1)} min, un sur dix au-delà de "
        f"{number(found.p90_absolute_min, 1)} min ; de 15 à 25 min, {found.band_pairs} trajets, "
        f"même côté de 20 min pour {percent(found.same_side)}"
    )


def _served() -> list[str]:
    from data.region.catalogue import served_regions

    return served_regions()


def _said_of_use() -> str:
    """Say which regions the network serves: elsewhere it is kept, and times stay estimates."""
    names = _served()
    if names:
        return f"Les temps de ces régions en viennent : {', '.join(names)}."
    return (
        "Il ne couvre aucune des régions connues ici : sur les écrans, les temps restent estimés. "
        "Il ne répond que pour les points qui sont sur ses routes."
    )


def _tell(sentence: str) -> None:
    typer.echo(sentence, err=True)


def _roads(network: Path | None, profile: str) -> "RoadTravelTime | None":
    """Return the network asked for, else the one in use, None when there is none."""
    from data.region.road_networks import current_network, open_network

    if network is None:
        return current_network(profile)
    if network.is_dir():
        return open_network(network.resolve(), profile)
    from data.region.road_build import travel_time_of

    return travel_time_of(network, _tell, profile)


def _engine(
    roads: "RoadTravelTime | None", region: str, points: "LonLat", *, peak: bool
) -> "TravelTime":
    """Return the network in use where it covers the points.

    Elsewhere the engine of the region answers, and says where it knows nothing.
    """
    import numpy as np

    from geo.errors import UnavailableError

    known = points[np.isfinite(points).all(axis=1)]
    if roads is not None and len(known) and roads.covers(known).mean() >= _COVERED_SHARE:
        return roads
    if peak:
        message = (
            "Les heures de pointe demandent un réseau routier qui couvre ces points : "
            "construisez-en un par « proxisoins roads build »."
        )
        raise UnavailableError(message)
    from data.region.catalogue import travel_time

    return travel_time(region)


def _people(region: str) -> "tuple[pd.DataFrame | None, str]":
    """Return the communes of a region and around it with the populations in use, and their source.

    None where they are not known here.
    """
    from data.access.source_notes import quoted
    from data.region.catalogue import load_territory, regions

    if region not in {code for code, _ in regions()}:
        return None, ""
    territory = load_territory(region)
    people = territory.with_fringe("code", "lon", "lat", "population")
    known = territory.provenance
    if "populations" in known:
        return people, quoted(known["populations"])
    return people, f"Populations : INSEE, {known['communes'].vintage}"


def _communes(region: str, *, former: bool = False) -> "pd.DataFrame | None":
    """Return the communes of a region and of its fringe, None when they are not known here.

    Former communes, when asked, stand where the one that took them in stands.
    """
    import pandas as pd

    from data.region.catalogue import regions
    from data.region.embedded_set import communes, fringe, mergers

    if region not in {code for code, _ in regions()}:
        return None
    columns = ["code", "lon", "lat", "population"]
    present = pd.concat([communes(region)[columns], fringe(region)[columns]], ignore_index=True)
    if not former:
        return present
    heirs = pd.Series(mergers(region), dtype=str).rename("code")
    gone = present.merge(heirs.rename_axis("gone").reset_index(), on="code")
    gone = gone.drop(columns="code").rename(columns={"gone": "code"})
    return pd.concat([present, gone], ignore_index=True)
