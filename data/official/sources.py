"""The declared sources (`sources.yaml`): what they are, where they are, who reads them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

_FILE = Path(__file__).with_name("sources.yaml")


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
    download
        Stable address of the latest file, which a refresh fetches; "" when there is none.
    checksum
        Address where the producer publishes the checksum of that file; "" when he does not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    producer: str
    licence: str
    page: str
    reader: str
    vintage: str
    tables: tuple[str, ...]
    download: str = ""
    checksum: str = ""


@cache
def sources() -> Mapping[str, Source]:
    """Return all sources by key, in the order of the file."""
    content = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return TypeAdapter(dict[str, Source]).validate_python(content)
