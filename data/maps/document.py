"""What the map's client receives, key by key: `static/proxisoins` reads these and no others.

A test holds both ways (`tests/data/maps/test_document.py`): what is written is declared here, what
is declared is read by the scripts, what the scripts read is declared. Lists "of communes" follow
the order of the territory.
"""

from typing import Any, Literal, NotRequired, TypedDict

from data.maps.room import RoomControls, RoomDocument
from data.region.search import SearchRules

Value = float | str | None
"""What a commune has of an indicator; None when it is not known."""


class Symbol(TypedDict):
    """A mark of 20 by 20: its shape (`symbols.js`), its colour, the letter on it or ""."""

    shape: str
    colour: str
    mark: str


class LegendEntry(TypedDict, total=False):
    """One line of the legend of a layer: a symbol, a pattern or a stroke."""

    label: str
    colour: str
    shape: str
    mark: str
    pattern: str
    minutes: int
    dash: str | None
    weight: float


class Layer(TypedDict):
    """What may be drawn over the communes; `colour` is that of rings and flows.

    `statuses` and `worst_first`: marks of several points take the worst status among them.
    `url` and `attribution`: of tiles. `reads`: tables that what it draws rests on.
    """

    key: str
    kind: Literal["zones", "points", "rings", "tiles", "flows"]
    label: str
    legend: list[LegendEntry] | None
    short: NotRequired[str]
    note: NotRequired[str]
    reads: NotRequired[list[str]]
    colour: NotRequired[str]
    symbol: NotRequired[Symbol]
    statuses: NotRequired[dict[str, Symbol]]
    worst_first: NotRequired[list[str]]
    url: NotRequired[str]
    attribution: NotRequired[str]


class Class(TypedDict):
    """A class of an indicator; `value` where the indicator is a word and not a number."""

    label: str
    colour: str
    value: NotRequired[str]


class Past(TypedDict):
    """An indicator at another year, commune by commune."""

    year: int
    values: list[Value]


class Difference(TypedDict):
    """Legend of what changed between two years; see `data.maps.differences.legend`."""

    breaks: list[float]
    classes: list[Class]
    decimals: int
    unchanged: list[float]


class Indicator(TypedDict):
    """What colours the communes: words, classes, values of communes, earlier years.

    `reads`: tables that it rests on; `dated`: that of its earlier years; `absent`: what is said of
    a commune without a value, where it is not the usual words.
    """

    key: str
    label: str
    short: str
    unit: str
    decimals: int
    breaks: list[float]
    classes: list[Class]
    values: list[Value]
    sentence: str
    note: str
    reads: list[str]
    years: list[Past]
    dated: NotRequired[str]
    absent: NotRequired[str]
    difference: NotRequired[Difference]


class ZoneStyle(TypedDict):
    """How a zone is filled."""

    pattern: str
    colour: str


class Zones(TypedDict):
    """The zone of each commune, and how each zone is drawn."""

    values: list[str | None]
    styles: dict[str, ZoneStyle]


class Point(TypedDict):
    """A place of a layer: degrees, name, what else to say; `place` is its establishment.

    With a `key`, a click asks the server for what is known of it.
    """

    lon: float
    lat: float
    name: str
    detail: str
    status: NotRequired[str]
    place: NotRequired[str]
    key: NotRequired[str]


Flow = TypedDict("Flow", {"from": list[float], "to": list[float], "width": float})
"""Who lends to whom: latitude and longitude of both ends, pixels."""


class CardAction(TypedDict):
    """What the card of a commune proposes, and how the client then calls it."""

    label: str
    action: str


class State(TypedDict):
    """The view to open on, the whole region without a centre; the last are those of the room."""

    region: str
    lon: NotRequired[float | None]
    lat: NotRequired[float | None]
    zoom: NotRequired[float | None]
    indicator: str
    layers: list[str]
    commune: str
    contour: NotRequired[str]
    here: list[float] | tuple[float, float] | None
    year: NotRequired[int | None]
    since: NotRequired[int | None]
    place: NotRequired[int | None]
    seuil: NotRequired[int | None]
    partage: NotRequired[bool]


class Defaults(TypedDict):
    """What an address that says nothing means."""

    region: str
    indicator: str
    layers: list[str]


class Opening(TypedDict):
    """The view to open on and what is the default."""

    state: State
    defaults: Defaults


class ContoursAddress(TypedDict):
    """Where contours are: a file beside `base`, or, where none could be written, gzip in base64."""

    base: str
    contours: str | None
    contours_data: NotRequired[str]


class Columns(TypedDict):
    """Communes, column by column: code, name, département, EPCI, postcodes, inhabitants.

    Attributes
    ----------
    lon, lat
        Of the town halls, EPSG:4326.
    """

    c: list[str]
    n: list[str]
    d: list[str]
    e: list[str]
    p: list[str]
    h: list[int]
    lon: list[float]
    lat: list[float]


class ContoursDocument(TypedDict):
    """What a map loads once per region (`geo.display.contours_document`).

    `contours`: polygons of rings of whole steps, `decimals` says of which size; `borders` and
    `land`: GeoJSON.
    """

    columns: Columns
    contours: list[list[list[list[int]]] | None]
    decimals: int
    borders: dict[str, Any]
    land: dict[str, Any]
    departements: dict[str, str]
    epcis: dict[str, str]


class MapSearch(SearchRules):
    """What the search of a map finds.

    Attributes
    ----------
    parts
        Arrondissements, which lead to their city: name, what is said, codes, INSEE code of it.
    """

    parts: list[tuple[str, str, str, str]]


class MapDocument(ContoursAddress):
    """All that the client needs: the region, what is drawn, and the view once it is known.

    Attributes
    ----------
    simulated
        Tables that are simulated, and their titles.
    whole
        Whether the map fills the window.
    comparisons
        Indicator to level ("epci", "departement", "region") to code to value; one value for the
        region.
    read_only
        Whether what is shown is all that there is: nothing of it is kept for other screens.
    addressed
        Whether the address of the page tells the view of a map that is read only.
    frame
        South-west and north-east corners (latitude, longitude) that the map opens on in place of
        the region, when neither the view nor a commune says where.
    told_beside
        Whether the page tells of the commune chosen beside the map, which then has no card.
    """

    region_name: str
    attribution: str
    simulated: dict[str, str]
    warning: str
    search: MapSearch
    indicators: list[Indicator]
    comparisons: dict[str, dict[str, Any]]
    comparison_note: str
    zones: Zones
    points: dict[str, list[Point]]
    layers: list[Layer]
    whole: NotRequired[bool]
    flows: NotRequired[list[Flow]]
    room: NotRequired[RoomDocument | None]
    room_controls: NotRequired[RoomControls]
    read_only: NotRequired[bool]
    addressed: NotRequired[bool]
    frame: NotRequired[list[list[float]]]
    told_beside: NotRequired[bool]
    card_action: NotRequired[CardAction]
    state: NotRequired[State]
    defaults: NotRequired[Defaults]


class OwnPoints(TypedDict):
    """What a layer of the user's own places changes in a document."""

    points: dict[str, list[Point]]
    layers: list[Layer]


class Line(TypedDict):
    """An on-call line that covers a commune."""

    specialty: str
    line_type: str
    establishment: str
    status: str
    minutes: str  # in words


class Cover(TypedDict):
    """The lines that cover a commune, what to say when there is none, its state in a register.

    `room` is what is said beside its room: GPs near it that are not known, the year of the counts.
    """

    code: str
    lines: list[Line]
    note: str
    room: str
    state: NotRequired[str]


class Ring(TypedDict):
    """Who is within some minutes of a point; see `data.access.around.around`."""

    minutes: float
    communes: float
    population: float
    over_75: float | None
    gps: float
    communes_without_gp: float
    communes_gps_unknown: float
    already: float
    outside_communes: float
    outside_population: float
    rows: list[int]


class Written(TypedDict):
    """A file that the client asked for; a turn that is known has been handed over."""

    name: str
    text: str
    turn: str


class Around(TypedDict):
    """The rings around a point and what is said of them; `file`, once asked for.

    `titles`: keys of `Ring` to the headings of the table, in its order; `counting`: how communes
    are counted; `note`: of what year.
    """

    rings: list[Ring]
    titles: dict[str, str]
    counting: str
    note: str
    file: NotRequired[Written]


class Pointed(TypedDict):
    """A commune that the page has the map go to; a turn that is known has been followed."""

    commune: str
    turn: str


class Chosen(TypedDict):
    """What the address says is chosen on a map: its commune, "" for none, its layers, the rest.

    `layers`: those that it does not open on, and, after a "-", those of its opening left out; with
    commas between. `view`: parameters of the address, for the indicator, the point of isochrones,
    the years, and how room is counted.
    """

    commune: str
    layers: str
    view: dict[str, str]


class Redrawn(TypedDict):
    """What an indicator becomes: the values of its communes, and the sentence that tells them."""

    values: list[Value]
    sentence: str


class Trial(TypedDict):
    """What a trial of zones changes, by indicator; rows of the communes it touches."""

    changed: dict[str, Redrawn]
    marked: list[int]


class Answer(TypedDict, total=False):
    """What the server adds to a map that is drawn; see `pages.map_dialogue.answer`.

    `rings`: layer to GeoJSON; `around`: people and GPs of each ring around a point; `changed`:
    indicators that a trial changes; `marked`: rows of the communes that it touches; `select`: the
    commune of a row chosen in the table of the page; `address`: parameters of the page that the
    client writes with its own ("" for none), since what Streamlit writes hides from the server all
    that the browser writes later; `chosen`: what that address says is chosen, where the server
    writes it; `heard`: the question that the run behind this answer read.
    """

    heard: str
    rings: dict[str, dict[str, Any]]
    around: Around
    message: str
    room: RoomDocument | None
    commune: Cover
    changed: dict[str, Redrawn]
    marked: list[int]
    select: Pointed
    address: dict[str, str]
    chosen: Chosen
