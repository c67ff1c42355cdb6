"""The declared sources (`sources.yaml`): what they are, how to find them, who reads them."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from data.official.osm_extracts import EXTRACTS
from data.region.france import WHOLE

_FILE = Path(__file__).with_name("sources.yaml")
_EXTRACT = "osm_{extract}"
"""Key of what stands for each extract of OpenStreetMap."""


class Way(BaseModel):
    """One way to find the latest file of a source, asked of its producer.

    Attributes
    ----------
    kind
        `direct`: an address that is always that of the latest file; `datagouv`: a resource of
        data.gouv.fr; `opendatasoft`: an attachment, or the records, of a portal; `melodi`: a
        product of INSEE's catalogue; `yearly`: an address with a year in it; `wfs`: all features
        of a layer; `geofabrik`: an extract of OpenStreetMap.
    address
        Of the file (`direct`; `yearly`, with `{year}`), of the portal (`opendatasoft`) or of the
        service (`wfs`).
    dataset, resource
        Its name there, and the identity of one resource of data.gouv.fr.
    title, file_format
        What the title (a regular expression) and the format of the file must be.
    layer
        Name of the layer of a WFS, or of the extract of Geofabrik.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["direct", "datagouv", "opendatasoft", "melodi", "yearly", "wfs", "geofabrik"]
    address: str = ""
    dataset: str = ""
    resource: str = ""
    title: str = ""
    file_format: str = ""
    layer: str = ""


class Source(BaseModel):
    """One source.

    Attributes
    ----------
    title, producer, licence
        In French, as the screen quotes them.
    page
        Public page of the producer.
    reader
        Module of `data.official.readers` that knows the layout.
    vintage
        How the vintage is told, in French.
    tables
        Keys of the tables that it feeds.
    latest
        Ways to find the latest file, tried in order.
    download
        Address known to have given the file, when no way answers; "" when there is none.
    checksum
        Address where the producer publishes the checksum of that file; "" when he does not.
    every
        Days between two changes of the content, usually; 0 when it is not known.
    least_bytes
        A smaller file is a stub.
    magic
        What the first bytes must tell: `zip` (XLSX is one), `json`, `text` or `pbf`; "" for any.
    group
        Sources of one group come together or not at all; "" for a source on its own.
    note
        What to know of it, in French ("figé au 4 mai 2026…").
    region
        INSEE code of the only region that it tells of; "" for all of France.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    producer: str
    licence: str
    page: str
    reader: str
    vintage: str
    tables: tuple[str, ...]
    latest: tuple[Way, ...] = ()
    download: str = ""
    checksum: str = ""
    every: int = 0
    least_bytes: int = 0
    magic: Literal["", "zip", "json", "text", "pbf"] = ""
    group: str = ""
    note: str = ""
    region: str = ""

    def tells_of(self, region: str) -> bool:
        """Whether it tells of a region, by INSEE code, or by that of all of France."""
        return self.region in {"", region} or region == WHOLE

    @property
    def found_alone(self) -> bool:
        """Whether the file can be fetched without anyone's hand."""
        return bool(self.latest or self.download)

    @property
    def elsewhere(self) -> str:
        """Address to open from another machine: that of the latest file if fixed, else the page."""
        fixed = next((way.address for way in self.latest if way.kind == "direct"), "")
        return fixed or self.download or self.page

    @property
    def command(self) -> str:
        """Command that puts in place a file fetched by hand."""
        return "proxisoins roads build" if self.reader == "roads" else "proxisoins import"


@cache
def sources() -> Mapping[str, Source]:
    """Return all sources by key, in the order of the file; last, one for each extract of roads."""
    declared = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    of_extract = json.dumps(declared.pop(_EXTRACT))
    for region, extracts in EXTRACTS.items():
        for name in extracts:
            one = json.loads(of_extract.replace("{extract}", name))
            declared[f"osm_{name.replace('-', '_')}"] = one | {"region": region}
    return TypeAdapter(dict[str, Source]).validate_python(declared)
