"""Files of candidate sites as they come in real life, good and hostile, made on the fly."""

import io
import json
import stat
import zipfile
from collections.abc import Callable

import geopandas as gpd
import openpyxl
from shapely.geometry import Point

from tests.data.uploads import bent_archives

USSEL = (2.3138, 45.5448)
GUERET = (1.8718, 46.1715)
USSEL_L93 = (646_430.0, 6_493_850.0)
HOSTILE_NAME = "<script>alert('x')</script>=cmd|' /C calc'!A0"

Make = Callable[[], bytes]
GOOD: dict[str, tuple[str, Make, list[str]]] = {}
"""Case to (file name, maker, INSEE codes expected in order; "?" doubtful, "!" refused)."""
BAD: dict[str, tuple[str, Make, str]] = {}
"""Case to (file name, maker, words of the refusal)."""


def good(file: str, *codes: str) -> Callable[[Make], Make]:
    def register(make: Make) -> Make:
        GOOD[make.__name__] = (file, make, list(codes))
        return make

    return register


def bad(file: str, words: str) -> Callable[[Make], Make]:
    def register(make: Make) -> Make:
        BAD[make.__name__] = (file, make, words)
        return make

    return register


def text_case(case: str, text: str, *codes: str, encoding: str = "utf-8") -> None:
    GOOD[case] = ("sites.csv", lambda: text.encode(encoding), list(codes))


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


# Text tables.
text_case(
    "semicolons_commas",
    "nom;longitude;latitude\nA;2,3138;45,5448\nB;1,8718;46,1715\n",
    "19275",
    "23096",
)
text_case("commas_points", "nom,lon,lat\nA,2.3138,45.5448\n", "19275")
text_case("tabs", "nom\tlon\tlat\nA\t2.3138\t45.5448\n", "19275")
text_case("bars", "nom|lon|lat\nA|2,3138|45,5448\n", "19275")
text_case("bom", "\ufeffnom;commune\nA;Guéret\n", "23096")
text_case("windows_1252", "nom;commune\nPôle santé d'Œyreluy;Guéret\n", "23096", encoding="cp1252")
text_case("utf_16_of_excel", "nom\tcommune\nA\tGuéret\n", "23096", encoding="utf-16")
text_case("windows_line_ends", "nom;commune\r\nA;Guéret\r\n\r\nB;Ussel\r\n", "23096", "19275")
text_case("old_mac_line_ends", "nom;commune\rA;Guéret\rB;Ussel", "23096", "19275")
text_case("excel_sep_line", "sep=;\nnom;commune\nA;Guéret\n", "23096")
text_case(
    "title_lines", "Projets MSP 2026;;\nARS ;;\n;;\nnom;commune;medecins\nA;Guéret;3\n", "23096"
)
text_case("quoted_line_feed", 'nom;commune\n"Maison\nde santé; bis";Guéret\n', "23096")
text_case("decimal_commas_quoted", 'nom,lon,lat\nA,"2,3138","45,5448"\n', "19275")
text_case("swapped_axes", "nom;longitude;latitude\nA;45.5448;2.3138\n", "19275")
text_case("lambert93", f"nom;X;Y\nA;{USSEL_L93[0]};{USSEL_L93[1]}\n", "19275")
text_case("lambert93_spaces", "nom;x_l93;y_l93\nA;646 430,0;6 493 850,0\n", "19275")
text_case("lambert93_swapped", f"nom;X;Y\nA;{USSEL_L93[1]};{USSEL_L93[0]}\n", "19275")
text_case("degrees_minutes", "nom;lat;lon\nA;45°32'41\"N;2°18'50\"E\n", "19275")
text_case("one_point_column", 'nom;geo_point_2d\nA;"45.5448, 2.3138"\n', "19275")
text_case("well_known_text", "nom;wkt\nA;POINT (2.3138 45.5448)\n", "19275")
text_case("degree_signs", "nom;Longitude (°);Latitude (°)\nA;2,3138°;45,5448°\n", "19275")
text_case(
    "hemispheres", "nom;lon;lat\nA;2.3138° E;45.5448° N\nB;0.5° O;44.84° N\n", "19275", "33167"
)
text_case("one_cell_degrees", "nom;Coordonnées GPS\nA;45°32'41\"N 2°18'50\"E\n", "19275")
text_case("one_cell_hemispheres", "nom;Coordonnées GPS\nA;45.5448° N, 2.3138° E\n", "19275")
text_case("one_cell_east_first", 'nom,Coordonnées\nA,"2.3138° E, 45.5448° N"\n', "19275")
text_case(
    "one_cell_commas", "nom|Lat/Long\nA|45,5448 ; 2,3138\nB|45,5448, 2,3138\n", "19275", "19275"
)
text_case("two_commune_columns", "nom;Commune;Commune\nA;Ussel;\nB;;Guéret\n", "19275", "23096")
text_case("postcode_in_commune", "nom;commune\nA;19200 USSEL\nB;Guéret 23000\n", "19275", "23096")
text_case("former_mac", "nom;commune\nPôle;Guéret\n", "23096", encoding="mac_roman")
text_case("ms_dos", "nom;commune\nPôle;Guéret\n", "23096", encoding="cp850")
text_case(
    "long_headings",
    "Intitulé du projet;Code INSEE de la commune;Nombre de médecins généralistes\nA;19275;3\n",
    "19275",
)
text_case("insee_lost_zero", "nom;code_insee\nA;19275.0\nB;3158\n", "19275", "03158")
text_case("former_insee", "nom;insee\nA;24312\n", "24312")
text_case(
    "abbreviations",
    "nom;commune\nA;ST LEONARD DE NOBLAT\nB;Ste-Foy-la-Grande\nC;St-Yrieix s/ Charente\n",
    "87161",
    "33402",
    "16358",
)
text_case(
    "accents_case_article",
    "nom;ville\nA;GUERET\nB;Rochelle (La)\nC;ville de périgueux\n",
    "23096",
    "17300",
    "24322",
)
text_case("merged_commune_name", "nom;commune\nA;N.-D. de Sanilhac\n", "24312")
text_case("cedex", "nom;commune;cp\nA;BORDEAUX CEDEX 9;33077\n", "33063")
text_case(
    "homonym_by_postcode",
    "nom;commune;code postal\nA;Saint-Léon;33670\nB;Saint-Léon;47160\n",
    "33431",
    "47251",
)
text_case("homonym_doubtful", "nom;commune\nA;Saint-Léon\n", "?")
text_case("misspelt_doubtful", "nom;commune\nA;Gueretz\n", "?")
text_case("misspelt_with_postcode", "nom;commune;cp\nA;Gueretz;23000\n", "23096")
text_case("postcode_alone", "nom;cp\nA;19200\nB;33110\n", "?", "33069")
text_case("name_against_postcode", "nom;commune;cp\nA;Guéret;33110\n", "?")
text_case(
    "address_to_the_commune",
    "nom;adresse\nA;12 bis rue de l'Église, 23000 GUÉRET, France\n",
    "23096",
)
text_case("point_against_name", "nom;lon;lat;commune\nA;2.3138;45.5448;Guéret\n", "?")
text_case("zero_point_with_name", "nom;lon;lat;commune\nA;0;0;Guéret\n", "23096")
text_case("unreadable_point_with_name", "nom;lon;lat;commune\nA;inconnu;?;Guéret\n", "23096")
text_case(
    "one_wrong_line_of_three", "nom;commune\nA;Guéret\nB;Zzyzx\nC;Ussel\n", "23096", "!", "19275"
)
text_case("elsewhere", "nom;lon;lat\nA;2.35;48.85\nB;nan;inf\nC;1e999;45\n", "!", "!", "!")
text_case("too_many_cells", "nom;commune\nA;Guéret;surplus\nB;Ussel;;\n", "!", "19275")
text_case("too_few_cells", "nom;commune;medecins\nA;Guéret\n", "23096")
text_case("nothing_said", "nom;commune;adresse\nA;;\nB;;rue sans ville\n", "!", "!")
text_case("hostile_names", f'nom;commune\n"{HOSTILE_NAME}";Guéret\n=1+1;Ussel\n', "23096", "19275")
text_case("hostile_commune", "nom;commune\nA;<img src=x onerror=alert(1)>\n", "!")
text_case("one_column", "commune\nGuéret\nUssel\n", "23096", "19275")
text_case("twins", "nom;commune\nA;Guéret\nA;Guéret\n", "23096", "23096")


# Workbooks.
def workbook(*sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@good("sites.xlsx", "19275", "23096")
def xlsx_numbers():
    return workbook([["Nom", "Longitude", "Latitude"], ["A", *USSEL], ["B", *GUERET]])


@good("sites.xlsx", "19275")
def xlsx_second_sheet_titles_and_codes_as_numbers():
    return workbook(
        [["Mode d'emploi"], ["commune"]],
        [
            ["Projets", None],
            [None, None],
            ["Nom du site", "Code INSEE", "Médecins"],
            ["A", 19275, 3],
        ],
    )


@good("sites.xlsx", "23096")
def xlsx_formula_text():
    return workbook([["nom", "commune"], ['=HYPERLINK("http://x.invalid")', "Guéret"]])


def ods(rows: str) -> bytes:
    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    table = f"<table:table>{rows}</table:table>"
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    content = (
        f'<?xml version="1.0"?><office:document-content {names}>{body}</office:document-content>'
    )
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
        }
    )


def ods_cell(text: str, more: str = "") -> str:
    return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"


@good("sites.ods", "23096", "19275")
def ods_repeated_blanks():
    blanks = '<table:table-cell table:number-columns-repeated="16380"/>'
    rows = (
        f"<table:table-row>{ods_cell('nom')}{ods_cell('commune')}{blanks}</table:table-row>"
        f"<table:table-row>{ods_cell('A')}{ods_cell('Guéret')}{blanks}</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/>'
        "</table:table-row>"
        f"<table:table-row>{ods_cell('B')}{ods_cell('Ussel')}</table:table-row>"
    )
    return ods(rows)


@good("sites.ods", "19275")
def ods_numbers():
    number = 'office:value-type="float" office:value="{}"'
    return ods(
        f"<table:table-row>{ods_cell('nom')}{ods_cell('lon')}{ods_cell('lat')}</table:table-row>"
        f"<table:table-row>{ods_cell('A')}{ods_cell('2,31', number.format(2.3138))}"
        f"{ods_cell('45,54', number.format(45.5448))}</table:table-row>"
    )


# Features.
def collection(*features: object, **more: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def feature(geometry: object, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def point(x: float, y: float) -> dict[str, object]:
    return {"type": "Point", "coordinates": [x, y]}


@good("sites.geojson", "19275", "!")
def geojson_points():
    return collection(feature(point(*USSEL), nom="A"), feature(None, nom="B"))


@good("sites.csv", "23096", "23096")
def windows_and_utf8_pasted():
    return "nom;commune\nPôle;Guéret\n".encode() + "Pôle;Guéret\n".encode("cp1252")


@good("sites.xlsx", "19275")
def xlsx_two_merged_heading_rows():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Projets de MSP 2026", None, None, None])
    sheet.append([None, None, None, None])
    sheet.append(["Identification", None, "Localisation", None])
    sheet.append(["Nom du projet", "Porteur", "Longitude", "Latitude"])
    sheet.append(["A", "Commune de Limoges", 2.3138, 45.5448])
    for merged in ("A1:D1", "A3:B3", "C3:D3"):
        sheet.merge_cells(merged)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@good("sites.geojson", "19275")
def geojson_lambert():
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    return collection(feature(point(*USSEL_L93), nom="A"), crs=crs)


@good("sites.geojson", "19275", "!", "23096")
def geojson_polygon_and_broken_ones():
    x, y = USSEL
    square = [[[x, y], [x + 0.002, y], [x + 0.002, y + 0.002], [x, y + 0.002], [x, y]]]
    return collection(
        feature({"type": "Polygon", "coordinates": square}, name="parcelle"),
        feature({"type": "Point", "coordinates": ["a", None]}, nom="B"),
        feature({"type": "Spirale"}, nom="C", commune="Guéret"),
    )


@good("sites.json", "19275")
def geojson_single_feature():
    return json.dumps(feature(point(*USSEL), nom=HOSTILE_NAME)).encode()


def frame() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"nom": ["Pôle santé", "B"], "medecins": [3, 2]},
        geometry=[Point(*USSEL), Point(*GUERET)],
        crs=4326,
    )


def shapefile(table: gpd.GeoDataFrame, folder) -> dict[str, bytes]:
    table.to_file(folder / "sites.shp", encoding="utf-8")
    return {path.name: path.read_bytes() for path in folder.iterdir()}


KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>Projets</name><Folder>
<Placemark><name>A &amp; B</name><Point><coordinates>2.3138,45.5448,0</coordinates></Point>
<ExtendedData><Data name="medecins"><value>3</value></Data></ExtendedData></Placemark>
<Placemark><name>Sans point</name></Placemark>
<Placemark><name>Zone</name><Polygon><outerBoundaryIs><LinearRing><coordinates>
1.870,46.170 1.872,46.170 1.872,46.172 1.870,46.170</coordinates></LinearRing></outerBoundaryIs>
</Polygon></Placemark></Folder></Document></kml>"""


@good("sites.kml", "19275", "!", "23096")
def kml_placemarks():
    return KML.encode()


@good("sites.kmz", "19275", "!", "23096")
def kmz():
    return zipped({"doc.kml": KML.encode(), "files/icon.png": b"\x89PNG"})


@good("sites.zip", "23096")
def zipped_csv_from_a_mac():
    return zipped({"sites.csv": "nom;commune\nA;Guéret".encode(), "__MACOSX/._sites.csv": b"\0\5"})


# Hostile or unusable files.
@bad("sites.csv", "est vide")
def empty():
    return b" \n\n"


@bad("sites.csv", "aucun site sous sa ligne")
def heading_only():
    return b"nom;commune\n\n;;\n"


@bad("sites.csv", "ligne de titres reconnue.*Trouvé : « rouge », « vert »")
def unknown_columns():
    return b"rouge;vert\n1;2\n"


@bad("sites.csv", "Mo ; la limite est de 20 Mo")
def too_large():
    return b"nom;commune\n" + b"A;Ussel\n" * 2_600_000


@bad("sites.csv", "n’est pas un fichier texte")
def binary():
    return bytes(range(256)) * 50


@bad("sites.xls", "classeur abîmé")
def old_workbook():
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


@bad("sites.html", "page web")
def web_page():
    return b"<!DOCTYPE html><html><body>Erreur 404</body></html>"


@bad("sites.zip", "ab.m. ou tronqu")
def truncated_archive():
    return zipped({"sites.csv": b"nom;commune\n" * 500})[:60]


@bad("sites.zip", "chemin interdit")
def path_traversal():
    return zipped({"../../etc/sites.csv": b"nom;commune\nA;Ussel\n"})


@bad("sites.zip", "chemin interdit")
def windows_path():
    return zipped({"C:\\sites.csv": b"nom;commune\nA;Ussel\n"})


@bad("sites.zip", "contient un lien")
def symbolic_link():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo("sites.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return stream.getvalue()


@bad("sites.zip", "au-delà des limites")
def zip_bomb():
    return zipped({"sites.csv": bytes(60_000_000)})


@bad("sites.zip", "au-delà des limites")
def bomb_in_small_members():
    piece = bytes(4_900_000)  # too small for the limit of ratio
    return zipped({f"{k}.csv": piece for k in range(21)})


@bad("sites.xlsx", "au-delà des limites")
def workbook_bomb():
    return zipped({"xl/workbook.xml": b"<workbook/>", "xl/sharedStrings.xml": b"a" * 30_000_000})


@bad("sites.zip", "archive dans une archive")
def nested_archive():
    return zipped({"sites.csv": zipped({"a": zipped({"b": b"c"})})})


@bad("sites.zip", "250 fichiers .limite : 200")
def too_many_members():
    return zipped({f"{k}.csv": b"x" for k in range(250)})


SITES = {"sites.csv": b"nom;commune\nA;Ussel\n" * 50}


@bad("sites.zip", "mot de passe")
def encrypted_archive():
    return bent_archives.encrypted(zipped(SITES))


@bad("sites.zip", "abîmé ou tronqué")
def unknown_method():
    return bent_archives.unknown_method(zipped(SITES))


@bad("sites.zip", "abîmé ou tronqué")
def broken_stream():
    return bent_archives.broken_stream(zipped(SITES))


@bad("sites.zip", "abîmé ou tronqué")
def archive_astray():
    return bent_archives.astray(zipped(SITES))


@bad("sites.zip", "0 fichiers lisibles")
def archive_of_pictures():
    return zipped({"photo.jpg": b"x"})


@bad("sites.xlsx", "classeur abîmé")
def broken_workbook():
    return zipped({"xl/workbook.xml": b"<not a workbook"})


@bad("sites.ods", "pas un classeur ODS lisible")
def entities_in_workbook():
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    return zipped(
        {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": bomb}
    )


@bad("sites.kml", "pas un KML lisible")
def external_entity():
    return b'<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml><name>&x;</name></kml>'


@bad("sites.geojson", "JSON valide")
def truncated_json():
    return b'{"type": "FeatureCollection", "features": ['


@bad("sites.geojson", "JSON valide")
def deep_json():
    return b'{"a":' + b"[" * 200_000


@bad("sites.geojson", "pas un GeoJSON")
def other_json():
    return b'{"sites": []}'


@bad("sites.gpkg", "abîmé|aucune couche")
def fake_geopackage():
    return b"SQLite format 3\0" + bytes(2_000)


@bad("sites.zip", "il manque .shx")
def shapefile_alone():
    return zipped({"sites.shp": b"\x00\x00\x27\x0a", "sites.dbf": b"x"})


@bad("sites.zip", "abîmé")
def broken_shapefile():
    return zipped(
        {"sites.shp": b"\x00\x00\x27\x0a" + bytes(96), "sites.shx": b"x", "sites.dbf": b"x"}
    )


@bad("sites.zip", "pas un shapefile")
def virtual_file_as_shapefile():
    vrt = b"<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>"
    return zipped({"sites.shp": vrt, "sites.shx": b"x", "sites.dbf": b"x"})
