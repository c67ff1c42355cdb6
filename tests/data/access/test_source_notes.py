"""What is said of sources beside figures."""

from dataclasses import replace

from data.access import travel_time_errors
from data.access.source_notes import engine_line, source_notes
from data.region.territory import WHOLLY_SIMULATED, Provenance, Territory
from geo.friction.said import said
from tests.data.access.small_region import GPS, made


def published(territory: Territory) -> Territory:
    """The same region, its counts published and brought by a package, the rest as it was."""
    told = Provenance(
        table="gps",
        title="Généralistes",
        source="INSEE, BPE, par le paquet exemple 1.0",
        vintage="2024",
        licence="Licence Ouverte",
        simulated=False,
        rows=6,
        matched=6,
    )
    return replace(territory, provenance={**territory.provenance, "gps": told}, version="told")


def test_what_is_simulated_is_said_first_and_by_name() -> None:
    territory = published(made(GPS))
    simulated = {k: replace(p, simulated=True) for k, p in territory.provenance.items()}
    lines = source_notes(replace(territory, provenance=simulated, version="simulated"), "gps")
    assert lines[0] == WHOLLY_SIMULATED
    assert "Simulé pour la démonstration : généralistes." in lines


def test_what_is_published_is_quoted_with_its_licence_where_it_is_handed_on() -> None:
    territory = published(made(GPS))
    lines = source_notes(territory, "gps")
    assert lines[:2] == ["Généralistes : INSEE, BPE (2024)", engine_line(territory)]
    handed = source_notes(territory, "gps", licences=True)
    assert handed[0] == "Généralistes : INSEE, BPE (2024, Licence Ouverte)"
    assert handed[1:] == lines[1:]


def test_tables_of_screens_of_their_own_are_quoted_there_alone() -> None:
    territory = published(made(GPS))
    calls = replace(territory.provenance["gps"], title="Spécialistes", source="URPS")
    known = {**territory.provenance, "specialists": calls}
    territory = replace(territory, provenance=known, version="with specialists")
    assert not any("Spécialistes" in line for line in source_notes(territory))
    assert "Généralistes : INSEE, BPE (2024)" in source_notes(territory)
    assert "Spécialistes : URPS (2024)" in source_notes(territory, "specialists")


def test_minutes_are_told_of_the_departements_in_sight() -> None:
    """A sheet of France quoted the error of ninety-one départements, its own among them."""
    whole = ["16", "23", "33", "64", "975"]
    errors = travel_time_errors.read()
    detail = f"{said(errors, whole[:4])} 975 : à part."
    assert travel_time_errors.told_of(detail, whole, ["23"]) == said(errors, ["23"])
    assert "(23)" in said(errors, ["23"])
    assert "(16)" not in said(errors, ["23"])
    assert travel_time_errors.told_of("Réseau routier.", whole, ["23"]) == "Réseau routier."
