"""A scenario in tables and in its report: what they say, hide, and make of hostile names."""

import io
from dataclasses import replace

import pytest
from PIL import Image
from pypdf import PdfReader

from data.base.french import MISSING
from data.maps import sites as sites_map
from data.maps.sentences import PROBABLY_GONE
from data.region import privacy
from data.region.gazetteer import gazetteer
from data.region.territory import WHOLLY_SIMULATED
from data.reports import site_tables
from data.reports.pdf import Document, _are_numbers
from data.reports.scenario_pdf import scenario_pdf
from data.reports.scenario_results import Search, at_risk, changes_since
from data.scenarios import drafts
from data.scenarios.drafts import Draft
from data.siting import evaluation as sites
from data.uploads import UNDERSTOOD, Line, corrections, match_lines
from tests.data.access.small_region import GPS
from tests.data.siting.small_sites import FAR, MIDDLE, made, site, structures, zoning

HOSTILE = (
    '=HYPERLINK("http://x";"clic")',
    "<img src=x onerror=alert(1)>",
    "{{7*7}} ${7*7} $\\frac{",
    "nul\x00 saut\nfin",
)


@pytest.fixture
def territory():
    return made(GPS, structures=structures(("msp", 0.0)), zoning=zoning())


def pixel():
    content = io.BytesIO()
    Image.new("RGB", (4, 3), "white").save(content, "PNG")
    return content.getvalue()


def drawn(territory, draft, **more):
    evaluation = sites.evaluate_sites(territory, draft.sites)
    pdf = scenario_pdf(draft, evaluation, pixel(), ["Source : essai"], **more)
    document = PdfReader(io.BytesIO(pdf))
    text = " ".join(page.extract_text() for page in document.pages)
    return document, " ".join(text.split())


def test_what_is_spread_is_said_where_the_figures_stand(territory):
    """It was said among the sources only, on the last page."""
    draft = Draft("Plan", "75", sites=(replace(FAR, moving={"16001": 1}),))
    told = "Le départ est réparti."
    document, _ = drawn(territory, draft, warning="", spread=[told])
    whole = " ".join(" ".join(page.extract_text() for page in document.pages).split())
    assert whole.count(told) == 2
    first = " ".join(document.pages[0].extract_text().split())
    assert told in first
    assert whole.rindex(told) > whole.index("Qui gagne et qui perd, par commune")


def test_the_report_says_sites_proof_losers_and_versions(territory):
    moved = replace(FAR, moving={"16001": 1})
    draft = Draft(
        "Plan du plateau",
        "75",
        "Pour le conseil du 3 décembre.",
        (MIDDLE, moved),
        data_versions={"Médecins": "2026", "territoire": "abc"},
    )
    search = Search("mclp", 1, own=(1,))
    best = search.run(territory, draft.sites)
    document, text = drawn(territory, draft, warning=WHOLLY_SIMULATED, best=best, search=search)
    assert document.metadata.title.startswith("Plan du plateau")
    assert document.trailer["/Root"]["/Lang"] == "fr-FR"
    assert "DONNÉES DE DÉMONSTRATION" in text
    assert "Pour le conseil du 3 décembre." in text
    answer = site_tables.room_sentence(sites.evaluate_sites(territory, draft.sites))
    assert answer.replace("\u202f", " ") in text.replace("\u202f", " ").replace("\xa0", " ")
    assert "Couleurs : habitants sans place chez un généraliste (%), avant le projet" in text
    assert "Optimum prouvé" in text
    assert "votre choix" in text
    assert "perd" in text
    assert "Médecins : 2026" in text
    assert "abc" not in text
    assert "risque" not in text.lower()


def test_hostile_names_stay_text_in_the_report(territory):
    named = tuple(site(name, "16001", 0.1 * rank, gps=2) for rank, name in enumerate(HOSTILE))
    draft = Draft(HOSTILE[2], "75", HOSTILE[1], named)
    _, text = drawn(territory, draft, warning="")
    packed = text.replace(" ", "")
    for name in (*HOSTILE[:3], "nul saut fin"):
        assert name.replace(" ", "") in packed
    assert "DONNÉES DE DÉMONSTRATION" not in text


def test_a_report_of_many_sites_says_what_it_leaves_out(territory):
    many = tuple(site(f"S{rank}", "16001", 0.01 * rank) for rank in range(70))
    _, text = drawn(territory, Draft("Beaucoup", "75", "", many), warning="")
    assert "… et 10 autres sites" in text


def test_a_public_table_hides_risk_and_small_counts(territory):
    found = sites.evaluate_sites(territory, [MIDDLE, FAR], risk_communes={"16001"})
    mine = site_tables.side_by_side(found, [0, 1])
    public = site_tables.side_by_side(found, [0, 1], public=True)
    nearest = mine.set_index(site_tables.MEASURE).loc["Minutes jusqu’à la MSP la plus proche"]
    assert (nearest["Milieu"], nearest["Loin"]) == ("12", "aucune connue à 30 min")
    measures = " ".join(mine[site_tables.MEASURE])
    assert "risque" in measures
    assert "risque" not in " ".join(public[site_tables.MEASURE])
    around = public[public[site_tables.MEASURE] == "Généralistes à 10 min avant le projet"]
    counted = found.sites["gps_within_10"]
    told = around[["Milieu", "Loin"]].to_numpy()[0]
    for count, words in zip(counted, told, strict=True):
        assert (words == privacy.SUPPRESSED) == (0 < count < 5)


@pytest.mark.parametrize("gps", [0, 1, 4, 5, 12])
def test_counts_of_one_to_four_are_suppressed_in_public_and_told_to_planners(gps):
    """At both ends of what is hidden; the report has no such count, only what the project plans."""
    few = made({**dict.fromkeys(GPS, 0.0), "16002": float(gps), "17003": 30.0})
    moving = {"17003": gps} if gps else {}
    draft = Draft("Plan", "75", "", (replace(MIDDLE, gps=20, moving=moving),))
    found = sites.evaluate_sites(few, draft.sites)
    assert found.sites["gps_within_10"].tolist() == [gps]
    told = {}
    for public in (False, True):
        table = site_tables.side_by_side(found, [0], public=public).set_index(site_tables.MEASURE)
        told[public] = table.loc["Généralistes à 10 min avant le projet", "Milieu"]
        assert table.index[2] == "Habitants qui trouvent une place à 20 min"
    assert told[False] == f"{gps},0"
    assert told[True] == ("NS" if 1 <= gps <= 4 else f"{gps}")
    _, text = drawn(few, draft, warning="")
    assert "NS" not in text.split()


def test_twins_are_told_apart(territory):
    twins = [replace(MIDDLE, line=2), replace(MIDDLE, line=5), replace(FAR, name="Mesure")]
    table = site_tables.side_by_side(sites.evaluate_sites(territory, twins), [0, 1, 2])
    assert list(table.columns) == [
        "Mesure",
        "Milieu (ligne 2)",
        "Milieu (ligne 5)",
        "Mesure (ligne 2)",
        "Ensemble",
    ]


def test_a_search_survives_its_scenario_and_foreign_values_do_not():
    search = Search("equity", 2, 30.0, "need", "gps", (0, 2), (1.0, 2.0, 3.0), 4.0)
    kept = search.to_parameters()
    assert Search.from_parameters(kept, 3) == search
    assert Search.from_parameters({}, 3) is None
    for name, value in (
        ("model", "<script>"),
        ("k", 9),
        ("threshold", 1e9),
        ("own", [7]),
        ("prices", [1.0]),
        ("k", "beaucoup"),
    ):
        assert Search.from_parameters(kept | {name: value}, 3) is None


def test_changed_data_are_told(territory):
    draft = Draft("A", "75", data_versions=drafts.data_versions(territory))
    assert changes_since(draft, territory) == []
    told = changes_since(draft, replace(territory, version="autre"))
    assert told == ["les données de la région"]


def test_only_high_classes_are_at_risk():
    import pandas as pd

    table = pd.DataFrame({"code": ["1", "2", "3"], "risk_class": ["faible", "élevé", "très élevé"]})
    assert at_risk(table) == {"2", "3"}
    # Who is without GP already is not left out of who may be.
    assert at_risk(table.assign(state=[PROBABLY_GONE, "inconnu", "inconnu"])) == {"1", "2", "3"}


def test_the_map_holds_names_as_data_and_no_risk(territory):
    from data.access.indicators import aggregated_indicators, commune_indicators
    from data.maps.payload import LEVELS

    found = sites.evaluate_sites(territory, [site(HOSTILE[1], "16001", 0.1), FAR])
    around = {level: aggregated_indicators(territory, level) for level in LEVELS}
    table = commune_indicators(territory).assign(risk_class="élevé")
    document = sites_map.configuration(territory, table, around, found, (1,))
    assert document["points"][sites_map.SITES][0]["name"] == HOSTILE[1]
    assert document["points"][sites_map.CHOSEN][0]["name"] == "Loin"
    assert document["read_only"]
    assert "risk_class" not in {one["key"] for one in document["indicators"]}


def test_lines_are_mended_without_touching_the_others():
    from data.region.catalogue import load_territory

    region = load_territory("75")
    names = gazetteer("75")
    lines = [
        Line(2, {"name": "A", "commune": "Ussel", "others": "4"}),
        Line(3, {"name": "B", "commune": "Saint-Pierre"}),
        Line(4, {"name": "C", "lon": "2", "lat": "12", "floor_m2": "300"}),
    ]
    first = match_lines(lines, names, region.communes)
    before = corrections.editable(first, {}, every=False)
    assert list(before.index) == [3, 4]
    assert b"300" in corrections.left_over(first)
    after = before.copy()
    after.loc[3, corrections.CHOICE] = next(text for text in corrections.choices(first) if text)
    after.loc[4, "Code INSEE"] = "23096"
    mended = corrections.corrections(before, after, {})
    report = match_lines(lines, names, region.communes, mended)
    assert report.count(UNDERSTOOD) == 3
    assert report.sites[2].floor_m2 == 300
    assert corrections.left_over(report) == b""
    # Going away and coming back starts from what was mended; a line can then be left out.
    again = corrections.editable(first, mended, every=False)
    assert again.loc[3, corrections.CHOICE] == after.loc[3, corrections.CHOICE]
    dropped = again.copy()
    dropped.loc[4, corrections.DROP] = True
    both = corrections.corrections(again, dropped, mended)
    assert both[3] == mended[3]
    assert both[4] == mended[4] | {"drop": "oui"}


@pytest.mark.campaign
def test_sources_are_never_cut_by_a_page_nor_alone_for_a_line() -> None:
    notes = [f"Source {rank} : " + "millésime " * 12 for rank in range(12)]
    for lines in range(40, 62):
        page = Document("Essai", notes, warning="")
        page.letters(9)
        for _ in range(lines):
            page.line_of("ligne")
        found = PdfReader(io.BytesIO(page.finished()))
        said = [one.extract_text() for one in found.pages]
        assert sum("Source 0" in one and "Source 11" in one for one in said) == 1, lines


def test_a_paragraph_is_not_cut_by_the_foot_of_a_page() -> None:
    """What a comparison leaves out began on one page and ended on the next."""
    told = "Ce scénario suppose des départs. " * 8 + "Fin du propos."
    page = Document("Essai", [], warning="")
    page.letters(9)
    while not page.will_page_break(10):
        page.line_of("ligne")
    page.line_of(told)
    first, second = (one.extract_text() for one in PdfReader(io.BytesIO(page.finished())).pages)
    assert "départs" not in first
    assert " ".join(second.split()).startswith(told)


def test_long_names_of_a_table_break_after_a_hyphen_and_short_ones_are_left() -> None:
    long, short = "Bonneville-et-Saint-Avit-de-Fumadières", "Le Grand-Bourg"
    page = Document("Essai", [], warning="")
    page.rows(["Mesure", long, short], [["Habitants", "299", "1 200"]] * 2, (62, 32, 32))
    page.rows(["Mesure", "Valeur"], [[long, "299"]] * 2, (20, 60))
    read = PdfReader(io.BytesIO(page.finished())).pages[0].extract_text()
    lines = [line.replace("\u200b", "").strip() for line in read.splitlines()]
    assert "Grand-Bourg" in read
    pieces = [line for line in lines if line and line in long]
    assert pieces
    assert not [one for one in pieces if one[-1] != "-" and not long.endswith(one)]


def test_what_stands_in_place_of_a_figure_does_not_turn_its_column() -> None:
    assert _are_numbers(["509 301", *["sans objet"] * 4, MISSING, "–", ""])
    assert _are_numbers(["+6 021", "+0,63", "−12", "0,0"])
    assert not _are_numbers(["509 301", "Aubusson", "Ussel"])


def test_a_pictograph_leaves_no_square_and_a_letter_that_no_font_draws_a_mark():
    """□ stood before the names of sites in reports made for a council."""
    page = Document("Essai", [], warning="")
    page.letters(9)
    page.line_of("MSP \N{HOSPITAL} du Cœur \N{WHITE HEAVY CHECK MARK}\ufe0f, été")
    page.line_of("\N{HOSPITAL} \N{AMBULANCE}\ufe0f Pôle \U00010980 fin")
    page.rows(["Site \N{HOSPITAL}"], [["Antenne \N{HOSPITAL}"], ["\N{HOSPITAL}"]], (10,))
    read = PdfReader(io.BytesIO(page.finished())).pages[0].extract_text()
    assert read.splitlines()[:2] == ["MSP du Cœur, été", "Pôle □ fin"]
    assert read.splitlines()[2:5] == ["Site", "Antenne", "(pictogramme)"]


def test_simulated_data_are_told_once_a_page():
    page = Document("Essai", [WHOLLY_SIMULATED, "Source : essai"], warning=WHOLLY_SIMULATED)
    text = PdfReader(io.BytesIO(page.finished())).pages[0].extract_text()
    assert text.count(WHOLLY_SIMULATED) == 1
    assert "Source : essai" in text


@pytest.mark.parametrize("warning", ["", "Données simulées"])
def test_no_row_of_a_table_is_left_alone_on_the_next_page(warning: str) -> None:
    def held(count: int) -> list[int]:
        page = Document("Essai", [], warning=warning)
        rows = [[f"Antenne {rank}", str(rank)] for rank in range(count)]
        page.rows(["Nom", "Rang"], rows, (10, 5))
        read = PdfReader(io.BytesIO(page.finished())).pages
        return [one.extract_text().count("Antenne") for one in read]

    whole = held(70)[0]
    assert 20 < whole < 68
    assert held(whole) == [whole]
    assert held(whole + 1) == [whole - 1, 2]
    assert held(whole + 2) == [whole, 2]
    assert held(whole + 3) == [whole, 3]
