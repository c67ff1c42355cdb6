"""A browser tab without a browser: it speaks Streamlit's own protocol, and is timed."""

import asyncio
import json
import os
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState, ContextInfo
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from pages.pressed import AGAIN_S

MOST_WAIT_S = 120.0
FAULT = "erreur imprévue"
MAP, RISKS, SHEET, SHARED, SITES = "", "risques", "territoire", "partage", "sites"
"""Paths of the screens."""
NAME, SAVE = "Nom du scénario", "Enregistrer comme nouveau"
"""Labels of the field and of the button that save."""
SAVED, REFUSED = "Scénario enregistré.", "Le scénario n’a pas été enregistré."
"""What the screen says of a save."""


@dataclass
class Told:
    """Waits by gesture and the server's work meanwhile (seconds), bytes received, errors."""

    servers: list[int] = field(default_factory=list)
    waits: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    worked: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    received: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    saved: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    cut: set[str] = field(default_factory=set)
    """Names of scenarios: save told done, told not done, or cut with the connection."""


class Visitor:
    """One browser tab: knows the pages and the widgets as the server told them."""

    def __init__(self, stream: ClientConnection, told: Told) -> None:
        self.stream, self.told = stream, told
        self.pages: dict[str, str] = {}
        self.map_widget, self.map_fragment = "", ""
        self.fields: dict[str, str] = {}
        self.heard: list[str] = []

    async def run(self, gesture: str, state: ClientState) -> None:
        """Ask for a run of the script and wait until its answer is whole."""
        state.context_info.CopyFrom(
            ContextInfo(timezone="Europe/Paris", timezone_offset=-60, locale="fr-FR")
        )
        worked, started, received = worked_s(self.told.servers), time.perf_counter(), 0
        self.heard = []
        await self.stream.send(BackMsg(rerun_script=state).SerializeToString())
        while True:
            content = await asyncio.wait_for(self.stream.recv(decode=False), MOST_WAIT_S)
            received += len(content)
            message = ForwardMsg()
            message.ParseFromString(content)
            if self.hear(gesture, message):
                break
        self.told.waits[gesture].append(time.perf_counter() - started)
        self.told.worked[gesture].append(worked_s(self.told.servers) - worked)
        self.told.received[gesture].append(received)

    def hear(self, gesture: str, message: ForwardMsg) -> bool:
        """Keep what a message tells; return whether the run is over."""
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self.pages = {
                "" if page.is_default else page.url_pathname: page.page_script_hash
                for page in message.navigation.app_pages
            }
        elif kind == "page_not_found":
            self.told.errors.append(f"{gesture}: page not found")
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            shown = element.WhichOneof("type")
            if shown == "component_instance":
                self.map_widget = element.component_instance.id
                self.map_fragment = message.delta.fragment_id
            elif shown in {"text_input", "button"}:
                widget = getattr(element, shown)
                self.fields[widget.label] = widget.id
            elif shown in {"alert", "toast"}:
                self.heard.append(getattr(element, shown).body)
            if shown == "exception" or FAULT in element.alert.body:
                self.told.errors.append(f"{gesture}: {element.exception.message}")
        elif kind == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                self.told.errors.append(f"{gesture}: the script failed")
            return message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        return False

    async def open(self, gesture: str, page: str, **query: str) -> None:
        """Open a page by its address."""
        await self.run(gesture, ClientState(page_name=page, query_string=urlencode(query)))

    async def go(self, gesture: str, page: str, **query: str) -> None:
        """Go to a page of the menu."""
        state = ClientState(page_script_hash=self.pages[page], query_string=urlencode(query))
        await self.run(gesture, state)

    async def choose_commune(self, gesture: str, code: str) -> None:
        """Click on a commune of the map."""
        question = {"turn": f"{time.time()}", "action": "commune", "state": {"commune": code}}
        state = ClientState(
            page_script_hash=self.pages[MAP], fragment_id=self.map_fragment, query_string=""
        )
        widget = WidgetState(id=self.map_widget, json_value=json.dumps(question))
        state.widget_states.widgets.append(widget)
        await self.run(gesture, state)

    async def save(self, gesture: str, name: str) -> None:
        """Type a name on the screen of sites, save as a new scenario, and hear what is said."""
        page = self.pages[SITES]
        typed = WidgetState(id=self.fields[NAME], string_value=name)
        state = ClientState(page_script_hash=page, query_string="")
        state.widget_states.widgets.append(typed)
        await self.run("name a scenario", state)
        # As who reads the answer to the save before: sooner, both clicks would be one.
        await asyncio.sleep(AGAIN_S)
        pressed = WidgetState(id=self.fields[SAVE], trigger_value=True)
        state = ClientState(page_script_hash=page, query_string="")
        state.widget_states.widgets.extend([typed, pressed])
        self.told.cut.add(name)  # until something is heard
        await self.run(gesture, state)
        if SAVED in self.heard:
            self.told.saved.add(name)
        elif REFUSED in self.heard:
            self.told.refused.add(name)
        else:
            self.told.errors.append(f"{gesture}: neither told done nor told refused: {self.heard}")
        self.told.cut.discard(name)


@asynccontextmanager
async def visiting(address: str, told: Told) -> AsyncIterator[Visitor]:
    """Open a tab: the page of the application, then its live connection to the same process."""
    async with httpx.AsyncClient(base_url=address, timeout=MOST_WAIT_S) as web:
        (await web.get("/")).raise_for_status()
        cookies = "; ".join(f"{name}={value}" for name, value in web.cookies.items())
    live = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    headers = {"Cookie": cookies} if cookies else {}
    async with connect(
        live, subprotocols=["streamlit"], max_size=None, additional_headers=headers
    ) as stream:
        yield Visitor(stream, told)


def worked_s(processes: list[int]) -> float:
    """Return the processor time that processes have used, in seconds."""
    total = 0.0
    for process in processes:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total
