"""Files of the data folder belong to its owner, whoever writes them.

An administrator who imports as root must not lock the service out of what was imported.
"""

import os
from contextlib import suppress
from pathlib import Path

from data.base.paths import home

_READ_WRITE = 0o666


def like_folder(path: Path) -> None:
    """Give a file or a folder of the data folder its owner, and its mode for reading and writing.

    A draft is made for its writer alone; what takes its place is for whoever reads the folder.
    """
    if os.name != "posix":
        return
    with suppress(OSError):  # neither root nor the owner: it is as it may be
        folder = home().stat()
        if path.is_dir():
            path.chmod(folder.st_mode & 0o7777)
        else:
            path.chmod(folder.st_mode & _READ_WRITE)
        if os.geteuid() == 0 and (folder.st_uid, folder.st_gid) != (0, 0):
            os.chown(path, folder.st_uid, folder.st_gid, follow_symlinks=False)


def settle() -> None:
    """After a command run as root, give all that root owns in the data folder to its owner."""
    if os.name != "posix" or os.geteuid() != 0:
        return
    with suppress(OSError):
        top = home()
        folder = top.stat()
        if folder.st_uid == 0:
            return
        for path in top.rglob("*"):
            with suppress(OSError):
                if path.lstat().st_uid == 0:
                    os.chown(path, folder.st_uid, folder.st_gid, follow_symlinks=False)
