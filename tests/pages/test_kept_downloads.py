"""What makes a file outlives the run that offered it, for a moment."""

import pytest
from streamlit.runtime import media_file_manager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from pages import kept_downloads


def test_a_click_on_the_button_of_the_run_before_gives_its_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(media_file_manager, "_get_session_id", lambda: "planner")
    now = [1000.0]
    monkeypatch.setattr(kept_downloads.time, "monotonic", lambda: now[0])
    kept_downloads.keep()
    manager = media_file_manager.MediaFileManager(MemoryMediaFileStorage("/media"))

    def run() -> str:
        manager.clear_session_refs()
        offered = manager.add_deferred(lambda: b"fiche", "application/pdf", "1.2", "fiche.pdf")
        manager.remove_orphaned_files()
        return offered

    before = run()
    run()
    assert manager.execute_deferred(before).startswith("/media/")
    now[0] += kept_downloads.KEPT_S + 1
    last = run()
    with pytest.raises(MediaFileStorageError):
        manager.execute_deferred(before)
    assert manager.execute_deferred(last).startswith("/media/")
