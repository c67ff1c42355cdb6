"""Files that a session sent are freed once it has left."""

import asyncio
import gc
import time
from types import SimpleNamespace
from typing import Any, cast

import pytest
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.script_data import ScriptData
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from pages import settling, walls

APART_S = 0.05
"""Time after which the manager of this test forgets who left; two minutes in the application."""


def test_files_of_a_session_are_freed_once_it_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """With Streamlit's own manager and storage of sessions, whose behaviour this rests on.

    What was left out of garbage collection while it was there goes too.
    """
    files = MemoryUploadedFileManager("/_stcore/upload_file")
    runtime = SimpleNamespace(uploaded_file_mgr=files)
    monkeypatch.setattr(walls.Runtime, "instance", lambda: runtime)

    async def visit() -> tuple[int, int, int]:
        storage = MemorySessionStorage(ttl_seconds=cast("int", APART_S))
        sessions = WebsocketSessionManager(storage, files, ScriptCache(), lambda: None)
        script = ScriptData("app.py", is_hello=False)
        client = cast("Any", SimpleNamespace(write_forward_msg=lambda _: None))
        first = sessions.connect_session(client, script, {})
        files.add_file(first, UploadedFileRec("1", "sites.csv", "text/csv", b"x" * 1000))
        held = walls.held_bytes(first)
        settling.settle()
        sessions.disconnect_session(first)
        waiting = walls.held_bytes(first)
        time.sleep(2 * APART_S)
        # The next visitor who leaves makes the storage look at what has passed its time.
        second = sessions.connect_session(client, script, {})
        sessions.disconnect_session(second)
        return held, waiting, walls.held_bytes(first)

    try:
        assert asyncio.run(visit()) == (1000, 1000, 0)
    finally:
        gc.unfreeze()
