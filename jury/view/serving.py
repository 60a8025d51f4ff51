"""Listening on loopback until somebody presses Ctrl-C."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from pathlib import Path

from jury.errors import JuryError

_HOST = "127.0.0.1"
_PATIENCE = 2  # seconds that answers under way are given at the end


def serve(path: str | Path, *, port: int = 0, ready: Callable[[str, str], None] = lambda *_: None) -> None:
    """Show the runs at `path` in a browser of this machine, until interrupted.

    Parameters
    ----------
    path : str or Path
        A folder of runs, or one run. It is only read.
    port : int
        0 takes one that is free.
    ready : callable
        Called, as soon as it can be opened, with the address, token included, and with one that works one time, for a
        browser: with what a program is started, others on this machine may see.

    Raises
    ------
    RunError
        If there is neither folder nor run.
    JuryError
        If the port is in use, or the packages of the extra ``view`` are missing.
    """
    try:
        import starlette  # noqa: F401
        import uvicorn
    except ImportError as error:
        raise JuryError("the page needs starlette and uvicorn: pip install 'pluralistic-jury[view]'") from error
    from jury.view.app import make_app
    from jury.view.folder import Folder

    folder = Folder.of(Path(path))
    token, once = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    with _listen(port) as listener:
        taken: int = listener.getsockname()[1]
        config = uvicorn.Config(
            make_app(folder, port=taken, token=token, once=once),
            log_level="critical",
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=_PATIENCE,
        )
        server = uvicorn.Server(config)
        # The system holds connections from here on; the server takes them up in a moment.
        here = f"http://{_HOST}:{taken}/"
        ready(f"{here}?token={token}", f"{here}?once={once}")
        try:
            server.run(sockets=[listener])
        except KeyboardInterrupt:
            return


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        words = getattr(error, "strerror", None) or str(error)
        raise JuryError(f"--port {port}: cannot be listened on ({words}); leave it out for a free one") from None
    return listener
