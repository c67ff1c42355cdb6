"""The modules of the map's client, run one by one in a real browser."""

import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from data.base import paths
from data.region.search import RULES, search
from pages import map_assets
from tests.browser.gestures import map_frame
from tests.data.region.search_questions import ANSWERS, COMMUNES, DEPARTEMENTS

CLIENT = paths.STATIC / map_assets.CLIENT
OPENING_BYTES = 32_000
"""Most that opening a map may cost in our own scripts and styles, each compressed by itself."""
LINES = 340
"""Most that one module may hold."""


def evaluated(page: Page, server: str, module: str, body: str) -> Any:
    """Return what a function body gives, with a module of the client as `m`."""
    page.goto(f"{server}/sante")
    return page.evaluate(
        f"import('/app/static/proxisoins/{module}.js').then((m) => {{ {body} }})",
    )


def test_names_are_folded_as_they_are_searched(server: str, page: Page) -> None:
    names = "['Saint-Étienne-de-Fursac', \"L'Œil\", '  Ancône  ']"
    folded = evaluated(page, server, "dom", f"return {names}.map(m.fold)")
    assert folded == ["saint etienne de fursac", "l oeil", "ancone"]


def test_no_line_of_a_map_begins_with_a_mark_of_punctuation_or_a_unit(
    server: str, page: Page
) -> None:
    body = """
        document.body.innerHTML = "<iframe title=streamlit_folium></iframe>";
        const frame = document.querySelector("iframe");
        const drawn = new Promise((done) => frame.addEventListener("load", done));
        frame.srcdoc = "<p>« Carte » : 20 min</p>";
        return drawn.then(() => {
            const written = frame.contentDocument.createElement("i");
            written.textContent = "12 ; 5 %";
            frame.contentDocument.body.append(written);
            return new Promise(setTimeout).then(() => frame.contentDocument.body.textContent);
        });
    """
    said = "«\xa0Carte\xa0»\xa0: 20\xa0min12\xa0; 5\xa0%"
    assert evaluated(page, server, "page", body) == said
    # Nor does one of a picture of it, whose numbers are not cut either.
    pen = "{ measureText: (text) => ({ width: text.length }) }"
    body = f"return m.wrapped({pen}, 'Reste\xa0: 12\u202f500 là', 8)"
    assert evaluated(page, server, "picture", body) == ["Reste\xa0:", "12\u202f500", "là"]


@pytest.mark.parametrize(
    ("key", "state", "titles"),
    [
        ("apl", {}, []),
        ("zone", {}, ["Zonage"]),
        ("apl", {"layers": ["fond", "sites"]}, []),
        ("apl", {"layers": ["msp"]}, ["Structures"]),
        ("zone", {"layers": ["msp"]}, ["Structures", "Zonage"]),
        ("apl", {"year": 2013}, ["Historique"]),
        ("apl", {"since": 2013}, ["Historique"]),
    ],
)
def test_a_picture_warns_of_the_simulated_tables_that_it_draws_and_of_no_other(
    server: str, page: Page, key: str, state: dict[str, Any], titles: list[str]
) -> None:
    """Of Sites on real counts it warned of structures that it does not draw."""
    indicators = {
        "apl": {"reads": ["gps"], "dated": "gp_history"},
        "zone": {"reads": ["zoning"]},
    }
    layers = [{"key": "fond"}, {"key": "sites"}, {"key": "msp", "reads": ["structures"]}]
    simulated = {"structures": "Structures", "zoning": "Zonage", "gp_history": "Historique"}
    carte = {
        "config": {"layers": layers, "simulated": simulated},
        "indicator": indicators[key],
        "state": {"layers": [], "year": None, "since": None} | state,
    }
    body = f"return m.simulatedIn({json.dumps(carte)});"
    assert evaluated(page, server, "picture", body) == titles


def test_sources_of_the_layers_shown_are_quoted_once(server: str, page: Page) -> None:
    """Isochrones had neither engine nor year, tiles no author."""
    layers = [
        {"key": "iso_gps", "note": "Temps estimés. INSEE, 2017."},
        {"key": "iso_msp", "note": "Temps estimés. INSEE, 2017."},
        {"key": "urgences", "note": "FINESS, 2026."},
        {"key": "fond", "attribution": "© IGN"},
        {"key": "sites"},
    ]
    shown = [one["key"] for one in layers if one["key"] != "urgences"]
    carte = {"config": {"layers": layers}, "state": {"layers": shown}}
    body = f"return m.creditsOf({json.dumps(carte)});"
    told = "Temps estimés. INSEE, 2017. © IGN."
    assert evaluated(page, server, "panel", body) == told


def test_a_text_of_a_picture_is_cut_as_french_is_printed(server: str, page: Page) -> None:
    """« 1 139 » stood on two lines, and a line began with « ; »."""
    text = "soit 1\u202f139 des 4\u00a0293 ; « Lussac » est loin : voilà"
    body = f"""const pen = {{ measureText: (text) => ({{ width: text.length }}) }};
        return [...Array(40).keys()].map((width) => m.wrapped(pen, {json.dumps(text)}, width));"""
    cut = evaluated(page, server, "picture", body)
    assert len({len(lines) for lines in cut}) > 4
    for lines in cut:
        assert not [one for one in lines if one[0] in ";:»" or one[-1] == "«"]
        assert sum("1\u202f139" in one for one in lines) == 1
        assert sum("4\u00a0293\u00a0;" in one for one in lines) == 1


def test_a_map_is_printed_whole_where_its_frame_is_narrower(server: str, page: Page) -> None:
    """What stands at the right of a map of 1,000 pixels stands within a frame of 500 on paper."""
    body = """
        document.body.innerHTML = "<div><iframe title=streamlit_folium width=1000></iframe></div>";
        const frame = document.querySelector("iframe");
        const inner = frame.contentDocument;
        inner.body.innerHTML = `<p style="position:absolute;left:900px;width:80px">à droite</p>`;
        const right = () => Math.round(inner.querySelector("p").getBoundingClientRect().right);
        const before = right();
        dispatchEvent(new Event("beforeprint"));
        frame.parentElement.style.width = "500px";
        const printed = right();
        dispatchEvent(new Event("afterprint"));
        return [before, printed, right()];
    """
    before, printed, after = evaluated(page, server, "page", body)
    assert before == after > 900
    assert 440 < printed <= 500


def test_a_map_printed_from_a_telephone_has_beside_it_what_it_has_below(
    server: str, page: Page
) -> None:
    """A legend that goes on below the sheet of a telephone was cut on paper."""
    rows = "<p style=height:100px></p>" * 6
    body = f"""
        document.body.innerHTML = "<iframe title=streamlit_folium width=390 height=400></iframe>";
        const frame = document.querySelector("iframe"), inner = frame.contentDocument;
        inner.body.className = "phone";
        inner.body.innerHTML = `<style>body {{ margin: 0; }} p {{ margin: 0; }}
            #map_div {{ position: absolute; top: 0; left: 0; right: 0; height: 260px; }}
            .sheet {{ position: absolute; left: 0; right: 0; bottom: 0; height: 140px; }}
            </style><div id=map_div></div><div class=sheet><section class=panel>
            <fieldset>choices</fieldset>{rows}</section></div>`;
        const box = (name) => inner.querySelector(name).getBoundingClientRect();
        const where = () => [frame.offsetHeight, box(".panel").top, box(".panel").left,
                             box(".panel").bottom, box("fieldset").height].map(Math.round);
        const before = where();
        dispatchEvent(new Event("beforeprint"));
        dispatchEvent(new Event("beforeprint"));
        const across = inner.documentElement.getBoundingClientRect().width / frame.offsetWidth;
        const printed = [...where(), box("#map_div").right];
        dispatchEvent(new Event("afterprint"));
        return [before, printed, where(), across];
    """
    page.emulate_media(media="print")
    before, printed, after, across = evaluated(page, server, "page", body)
    assert before == after
    assert before[4] > 0
    high, top, left, bottom, choices, map_right = printed
    assert across == pytest.approx(1, abs=0.01)
    assert top == choices == 0
    assert left > map_right
    assert 0 < bottom <= high + 1


def test_a_read_only_map_follows_the_address_where_it_is_told_there(
    server: str, page: Page
) -> None:
    body = """
        history.replaceState(null, "", "?ind=apl&couches=msp");
        const view = { indicator: "zone", layers: [], region: "75" };
        const config = { state: view, defaults: view, read_only: true, layers: [{ key: "msp" }],
                         indicators: [{ key: "apl" }, { key: "zone" }] };
        return [true, false].map((addressed) => {
            const { indicator, layers } = m.remembered({ ...config, addressed });
            return [indicator, layers.join()];
        });
    """
    assert evaluated(page, server, "address", body) == [["apl", "msp"], ["zone", ""]]


def test_numbers_have_the_sign_minus_and_zero_has_none(server: str, page: Page) -> None:
    told = evaluated(page, server, "dom", "return [m.number(-1234.5, 1), m.number(-0.04, 1)]")
    assert told == ["−1\u202f234,5", "0,0"]


def test_a_year_not_known_gives_the_nearest_and_says_so(server: str, page: Page) -> None:
    counts = {"label": "Médecins", "difference": {"unchanged": [-0.5, 0.5]}, "short": ""}
    counts["years"] = [{"year": y, "values": [9 - n, 3]} for n, y in enumerate((2009, 2013, 2017))]
    told = {
        (year, since): evaluated(
            page,
            server,
            "years",
            f"const state = {json.dumps({'year': year, 'since': since})};"
            f"const years = new m.Years({{ state, chosen: {json.dumps(counts)} }}); years.draw();"
            "return [years.indicator && years.indicator.sentence, years.choice.value];",
        )
        for year, since in ((None, 2010), (None, 2009), (2016, 2016), (2013, 2013), (None, None))
    }
    unknown = "L’année {} n’est pas connue ici : voici {}, la plus proche. "
    assert told[None, 2009][0].startswith(
        "Médecins, de 2009 à 2017, sur 2 communes\u00a0: baisse dans 1"
    )
    assert told[None, 2010] == [unknown.format(2010, 2009) + told[None, 2009][0], "2009"]
    assert told[2016, 2016][0].startswith(unknown.format(2016, 2013) + "Médecins, de 2013 à 2017")
    assert told[2013, 2013] == told[None, None] == [None, ""]


def test_the_map_finds_what_the_bar_finds(server: str, page: Page) -> None:
    """The same rules, the same questions, the same answers in the same order."""
    rows = [
        {"n": one.name, "p": one.postcodes, "d": one.departement, "e": one.epci}
        | {"h": one.population, "c": one.code}
        for one in COMMUNES.itertuples(name="Commune")
    ]
    epcis = dict(zip(COMMUNES["epci"], COMMUNES["epci_name"], strict=True))
    carte = {"rows": rows, "departements": DEPARTEMENTS, "epcis": epcis}
    parts = [("Lyon 3e arrondissement", "chiffres de la ville entière", "69383", "23096")]
    carte |= {"config": {"search": {**RULES, "parts": parts}, "points": {}}}
    found = evaluated(
        page,
        server,
        "search",
        f"const carte = {json.dumps(carte)}; carte.rowOf = new Map([['23096', 0]]);"
        "const search = new m.Search(carte);"
        "const answers = {}; search.input.value = 'lyon 3ème'; search.find();"
        "if (search.found[0].row !== 0) return search.found;"  # it leads to its city
        f"for (const asked of {json.dumps(list(ANSWERS))}) {{"
        "  search.found = []; search.input.value = asked; search.find();"
        "  answers[asked] = search.found.map(({ name, detail }) => [name, detail]); }"
        "return answers",
    )
    assert found == {
        asked: [[one.name, one.detail] for one in search(COMMUNES, DEPARTEMENTS, asked)]
        for asked in ANSWERS
    }


def test_a_number_is_french_and_what_is_unknown_is_said(server: str, page: Page) -> None:
    said = evaluated(page, server, "dom", "return [m.number(1234.5, 1), m.number(null)]")
    assert [re.sub(r"\s", " ", one) for one in said] == ["1 234,5", "non disponible"]


def test_classes_count_every_commune_once(server: str, page: Page) -> None:
    counted = evaluated(
        page,
        server,
        "data",
        "const of = { breaks: [2.5, 4], classes: [{}, {}, {}] };"
        "return m.countsOf(of, [2.5, 2.6, 4, 4.1, null, undefined, 0])",
    )
    assert counted == {"counts": [2, 2, 1], "missing": 2}


def test_a_class_told_by_its_value_is_found(server: str, page: Page) -> None:
    ranks = evaluated(
        page,
        server,
        "data",
        "const of = { breaks: [], classes: [{ value: 'ZIP' }, { value: 'ZAC' }] };"
        "return ['ZAC', 'ZIP', 'autre', null].map((one) => m.classOf(of, one))",
    )
    assert ranks == [1, 0, -1, -1]


def test_a_document_is_unpacked(server: str, page: Page) -> None:
    packed = base64.b64encode(gzip.compress('{"nom": "Guéret {{7*7}}"}'.encode()))
    read = evaluated(page, server, "data", f"return m.decode('{packed.decode()}')")
    assert read == {"nom": "Guéret {{7*7}}"}


def test_the_view_of_the_address_is_said_as_the_server_reads_it(server: str, page: Page) -> None:
    said = evaluated(
        page,
        server,
        "address",
        "return m.query({ lat: 45, lon: 0.5, zoom: 9, indicator: 'apl', layers: ['msp'],"
        " commune: '', here: [1, 2], region: '75', year: null })",
    )
    assert said == {
        "region": "75",
        "lon": "0.50000",
        "lat": "45.00000",
        "z": "9",
        "ind": "apl",
        "couches": "msp",
        "commune": "",
        "contour": "",
        "ici": "1,2",
        "annee": "",
        "depuis": "",
        "place": "",
        "seuil": "",
        "partage": "",
    }


def test_the_address_names_the_region_and_a_map_that_is_left_does_not_touch_it(
    server: str, page: Page
) -> None:
    told = [
        evaluated(
            page,
            server,
            "address",
            f"history.replaceState(null, '', '/sante{address}');"
            f"const state = {{ region: '{region}', indicator: 'apl', layers: [], commune: '' }};"
            "const defaults = { region: '75', indicator: 'zone', layers: [] };"
            "m.write(state, { state, defaults, whole: true }); return location.search;",
        )
        for address, region in (("", "75"), ("", "04"), ("?region=94", "04"), ("?region=75", "75"))
    ]
    assert told == ["?ind=apl", "?region=04&ind=apl", "?region=94", "?ind=apl"]


def test_a_gesture_is_asked_again_until_it_is_heard(server: str, page: Page) -> None:
    """A commune chosen just after puts the question out; it is then asked the same again."""
    page.clock.install()
    evaluated(
        page,
        server,
        "card",
        "window.said = []; const carte = { ask: (one) => (said.push(one), { turn: 7, ...one }) };"
        "window.card = Object.assign(Object.create(m.Card.prototype), { carte });"
        "card.insist('site');",
    )
    turns = "said.map((one) => `${one.action} ${one.turn ?? ''}`.trim())"
    assert page.evaluate(turns) == ["site"]
    page.evaluate("card.heard = 6")
    page.clock.run_for(7_000)
    assert page.evaluate(turns) == ["site", "site 7", "site 7"]
    page.evaluate("card.heard = 7")
    page.clock.run_for(30_000)
    assert len(page.evaluate(turns)) == 3
    page.evaluate("card.heard = 0; said.length = 0; card.insist('site')")
    page.clock.run_for(60_000)
    assert len(page.evaluate(turns)) == 6  # a server that is gone is not asked for ever


def test_tab_goes_round_what_a_button_opens_over_what_is_hidden(server: str, page: Page) -> None:
    page.goto(f"{server}/sante")
    page.evaluate(
        """() => { document.body.innerHTML = `
            <div data-testid="stPopover"><button id="opener" aria-expanded="true">0</button></div>
            <a href="#page" id="page">page</a><div data-testid="stPopoverBody">
            <button id="first">1</button><button style="visibility: hidden">2</button>
            <button tabindex="-1">3</button><input id="last"></div>`; }"""
    )
    page.add_script_tag(url="/app/static/proxisoins/page.js")
    page.locator("#opener").focus()
    walked = []
    for key in ("Tab", "Tab", "Tab", "Shift+Tab", "Shift+Tab"):
        page.keyboard.press(key)
        walked.append(page.evaluate("document.activeElement.id"))
    assert walked == ["first", "last", "opener", "last", "first"]


def test_the_proof_of_a_commune_in_two_parts_tells_both(server: str, page: Page) -> None:
    """Most of its people share two GPs with the commune beside; the others have none in reach."""
    said = evaluated(
        page,
        server,
        "room",
        """
        const block = { level: 1500, communes: 2, outside: 0, people: 3000, gps: 2, hall: [0] };
        const sent = { minutes: 20, nearest: [[90]], block: [0], blocks: [block] };
        sent.parts = [[[0, 300], [-1, 60]]];
        const carte = { rows: [{ h: 360 }], state: {} };
        carte.config = { room: sent, room_controls: { capacities: [1000], capacity: 1000,
          thresholds: [20], threshold: 20 } };
        const room = new m.Room(carte);
        return import('/app/static/proxisoins/proof.js').then(({ proof }) =>
          proof(room, 0).textContent)
        """,
    )
    told = re.sub(r"\s", " ", said)
    assert "90 habitants si le plus proche passe le premier ; 160 habitants dans le partage" in told
    assert "ces 2 communes (en tout ou en partie) et leurs 3 000 habitants n’ont que 2" in told
    assert "celui de 300 habitants de la commune ; ailleurs dans la commune, 60 habitants" in told
    assert "60 habitants : aucun médecin à 20 minutes." in told


def test_the_room_of_a_group_is_said_as_that_of_the_region(server: str, page: Page) -> None:
    said = evaluated(
        page,
        server,
        "group",
        """
        const block = (level) => ({ level, hall: [0] });
        const sent = { minutes: 20, nearest: [[90, 30, 7, null]], block: [0, 1, 1, 1] };
        sent.blocks = [block(2000), block(900)];
        const carte = { state: {}, rows: ["23", "23", "16", "24"].map((d) => ({ h: 100, d })) };
        carte.config = { room: sent, room_controls: { capacities: [1000], capacity: 1000,
          thresholds: [20], threshold: 20 } };
        return import('/app/static/proxisoins/room.js').then(({ Room }) => {
          const room = new Room(carte);
          return ["23", "16", "24"].map((code) => m.roomOf(room, "Ici", "d", code));
        })
        """,
    )
    ends = "entre {} et {} des {} habitants sont sans place chez un généraliste à 20 minutes."
    assert said[0] == "Ici : " + ends.format(50, 120, 200)
    assert said[1] == "Ici : " + ends.format(0, 7, 100)
    assert said[2] == ""  # the GPs in reach are not all known


def test_symbols_differ_by_shape_and_letter(server: str, page: Page) -> None:
    drawn = evaluated(
        page,
        server,
        "symbols",
        "return ['square', 'diamond'].map((one) => m.symbol(one, '#000', 'A').outerHTML)",
    )
    assert drawn[0] != drawn[1]
    assert all(">A</text>" in one for one in drawn)


def test_a_table_that_goes_on_at_its_right_is_told_until_its_end_is_in_sight(
    server: str, page: Page
) -> None:
    body = """
        document.body.innerHTML = `<div class=ps-plain style="width:100px;overflow:auto">
            <p style="width:300px">large</p></div><div class=ps-plain>étroit</div>`;
        const frames = () => new Promise((done) => requestAnimationFrame(() =>
            requestAnimationFrame(done)));
        const [wide, narrow] = document.querySelectorAll(".ps-plain");
        const told = () => [wide, narrow].map((one) => one.hasAttribute("data-more"));
        return frames().then(() => {
            const before = told();
            wide.scrollLeft = 300;
            return frames().then(() => [before, told()]);
        });
    """
    before, after = evaluated(page, server, "page", body)
    assert (before, after) == ([True, False], [False, False])


def test_no_line_begins_with_a_mark_of_punctuation(server: str, page: Page) -> None:
    body = """
        document.body.innerHTML = `<p>Zone <b>ZIP</b> : « oui » ; 5 %, 43 min</p><pre>a : b</pre>`;
        const rest = () => new Promise((done) => setTimeout(done));
        const [told, code] = ["p", "pre"].map((one) => document.querySelector(one));
        return rest().then(() => {
            const first = told.textContent;
            told.lastChild.nodeValue = " : non ?";
            return rest().then(() => [first, told.textContent, code.textContent]);
        });
    """
    first, after, code = evaluated(page, server, "page", body)
    assert first == "Zone ZIP~: «~oui~»~; 5~%, 43~min".replace("~", "\N{NO-BREAK SPACE}")
    assert after == "Zone ZIP~: non~?".replace("~", "\N{NO-BREAK SPACE}")
    assert code == "a : b"


def test_a_map_has_a_height_in_a_window_that_tells_none(server: str, page: Page) -> None:
    body = """
        Object.defineProperty(window, "innerHeight", { value: HEIGHT, configurable: true });
        m.settle({ map: { invalidateSize() {}, getContainer: () => document.body }, config: {} });
        return document.documentElement.style.getPropertyValue("--height");
    """
    heights = [
        evaluated(page, server, "frame", body.replace("HEIGHT", height)) for height in ("1000", "0")
    ]
    assert heights == ["780px", "624px"]


@pytest.mark.parametrize("module", sorted(map_assets.modules()))
def test_a_module_stays_short(module: str) -> None:
    assert len((CLIENT / f"{module}.js").read_text(encoding="utf-8").splitlines()) <= LINES


def test_what_a_map_opens_with_stays_light() -> None:
    files = [CLIENT / "carte.js", CLIENT / "carte.css"]
    files += [CLIENT / f"{name}.js" for name in map_assets.AT_OPENING]
    assert sum(len(gzip.compress(one.read_bytes())) for one in files) <= OPENING_BYTES


def test_what_opens_with_a_map_is_exactly_what_it_imports() -> None:
    """A module asked for at once is announced; one asked for later is not."""

    def imported(name: str) -> set[str]:
        text = Path(CLIENT / f"{name}.js").read_text(encoding="utf-8")
        return set(re.findall(r'^import .* from "\./(\w+)\.js";', text, flags=re.MULTILINE))

    reached, waiting = set(), {"main"}
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= imported(name) - reached
    assert reached == map_assets.AT_OPENING


def test_each_file_of_the_map_is_asked_for_once(server: str, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server)
    map_frame(page).locator("html[data-ready='1']").wait_for(state="attached", timeout=60_000)
    ours = [one for one in asked if "/proxisoins/" in one and ".js" in one]
    # Beside the modules: the door that folium knocks at, and the keyboard's script of the page.
    assert len(ours) == len(set(ours)) == len(map_assets.AT_OPENING) + 2
    assert all("?v=" in one for one in ours)


def test_the_frame_of_the_map_hears_its_parent_only(server: str, page: Page) -> None:
    page.goto(f"{server}/sante")
    frame = "/component/streamlit_folium.st_folium/index.html"
    page.evaluate(
        """(frame) => Promise.all([frame, "/sante"].map((address) => new Promise((done) => {
            const one = document.createElement("iframe");
            one.onload = done;
            one.src = address;
            document.body.append(one);
        })))""",
        frame,
    )
    inside = next(one for one in page.frames if frame in one.url)
    beside = next(one for one in page.frames[1:] if one is not inside)
    inside.evaluate(
        "() => { window.heard = [];"
        " window.addEventListener('message', (e) => window.heard.push(e.data)); }"
    )
    beside.evaluate("() => parent.frames[0].postMessage('a frame beside', '*')")
    inside.evaluate("() => window.postMessage('itself', '*')")
    page.evaluate("() => frames[0].postMessage('parent', '*')")
    inside.wait_for_function("() => window.heard.includes('parent')")
    assert inside.evaluate("() => window.heard") == ["parent"]


def test_the_frame_of_the_map_opened_as_a_page_hears_nobody(server: str, page: Page) -> None:
    page.goto(f"{server}/component/streamlit_folium.st_folium/index.html")
    heard = page.evaluate(
        """() => new Promise((done) => {
            window.addEventListener("message", () => done(true));
            window.postMessage("anyone", "*");
            setTimeout(() => done(false), 300);
        })"""
    )
    assert heard is False


def test_the_map_names_the_lands_beside_the_mainland(server: str, page: Page) -> None:
    page.goto(f"{server}/sante")
    page.add_script_tag(url="/app/static/vendor/leaflet/leaflet.js")
    found = page.evaluate(
        "import('/app/static/proxisoins/lands.js').then((m) => {"
        "const rows = [{ d: '19' }, { d: '974' }, { d: '971' }, { d: '974' }];"
        "const departements = { 971: 'Guadeloupe', 974: 'La Réunion' };"
        "const outlines = rows.map((_, n) => L.polygon([[n, n], [n, n + 1], [n + 1, n]]));"
        "return m.landsBeside({ rows, outlines, departements })"
        ".map(({ name, where }) => [name, where.getSouth(), where.getNorth()]); })"
    )
    assert found == [["Guadeloupe", 2, 3], ["La Réunion", 1, 4]]
