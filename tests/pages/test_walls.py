"""What the server refuses before a screen is asked."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.types import Message, Scope
from streamlit import config
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import SessionState

from pages import accounts, walls
from pages.accounts import Role
from pages.walls import Walls

PLANNER, PUBLIC = {"is_logged_in": True, "who": "planner"}, {"is_logged_in": False}
ROLES = {"planner": Role.PLANNER, "reader": Role.READER, "chief": Role.ADMINISTRATOR}


@pytest.fixture
def login(monkeypatch: pytest.MonkeyPatch) -> None:
    """A login is configured; roles follow the claim "who"; who asks is in the header "who"."""
    monkeypatch.setattr(accounts, "login_configured", lambda: True)
    monkeypatch.setattr(
        accounts, "role_of", lambda user: ROLES.get(user.get("who", ""), Role.PUBLIC)
    )
    monkeypatch.setattr(
        walls, "identity", lambda scope: {"who": dict(scope["headers"]).get(b"who", b"").decode()}
    )


def session(name: str, user: dict[str, Any], *kinds: str) -> SimpleNamespace:
    states = {f"$$ID-{n}": None for n, _ in enumerate(kinds)}
    metadata = {
        key: SimpleNamespace(value_type=kind) for key, kind in zip(states, kinds, strict=True)
    }
    held = SimpleNamespace(states=states, widget_metadata=metadata)
    state = SimpleNamespace(_new_widget_state=held, _old_state={})
    return SimpleNamespace(id=name, _user_info=user, session_state=state)


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Two sessions, their media files and what they have sent."""
    uploader = "file_uploader_state_value"
    sessions = [
        session("plan", PLANNER, "bool_value", uploader),
        session("all", PUBLIC, "bool_value"),
    ]
    listed = [SimpleNamespace(session=one) for one in sessions]
    made = SimpleNamespace(
        _session_mgr=SimpleNamespace(list_sessions=lambda: listed),
        media_file_mgr=SimpleNamespace(
            _files_by_session_and_coord={"plan": {"1": "table"}, "all": {"1": "picture"}}
        ),
        uploaded_file_mgr=SimpleNamespace(
            file_storage={"plan": {"1": SimpleNamespace(data=b"x" * 1_000)}}
        ),
    )
    monkeypatch.setattr(walls.Runtime, "instance", lambda: made)
    return made


def http(path: str, host: str = "localhost:8501", method: str = "GET", **headers: str) -> Scope:
    sent = [(b"host", host.encode())]
    sent += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "path": path, "headers": sent, "scheme": "http"}


def status(scope: Scope, *cookies: str) -> tuple[int, list[str]]:
    """Return the status of an answer and its cookies; the application answers 200 and these."""
    sent: list[Message] = []

    async def application(_scope: Scope, _receive: object, send: Any) -> None:
        made = [(b"set-cookie", one.encode()) for one in cookies]
        await send({"type": "http.response.start", "status": 200, "headers": made})
        await send({"type": "http.response.body", "body": b""})

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    asyncio.run(Walls(application)(scope, receive, send))
    kept = [value.decode() for name, value in sent[0]["headers"] if name == b"set-cookie"]
    return int(sent[0]["status"]), kept


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("localhost:8501", True),
        ("127.0.0.1", True),
        ("[::1]:8501", True),
        ("192.168.1.20:8501", True),
        ("sante.exemple.fr", True),
        ("SANTE.exemple.fr.:443", True),
        ("attaquant.exemple", False),
        ("localhost.attaquant.exemple", False),
        ("127.0.0.1.attaquant.exemple", False),
        ("a@localhost", False),
        ("", False),
    ],
)
def test_only_names_of_our_own_are_answered(
    host: str, ours: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = config.get_option
    options = {"browser.serverAddress": "sante.exemple.fr", "server.allowedHosts": []}
    monkeypatch.setattr(config, "get_option", lambda name: options.get(name, real(name)))
    assert walls.is_our_host(host) is ours
    assert status(http("/", host))[0] == (200 if ours else 421)


def test_a_list_of_hosts_replaces_the_names_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = config.get_option
    options = {"browser.serverAddress": "ancien.exemple", "server.allowedHosts": ["*.exemple.fr"]}
    monkeypatch.setattr(config, "get_option", lambda name: options.get(name, real(name)))
    assert walls.is_our_host("sante.exemple.fr")
    assert walls.is_our_host("127.0.0.1:8501")
    assert not walls.is_our_host("ancien.exemple")


def test_a_foreign_host_opens_no_stream() -> None:
    sent: list[Message] = []

    async def application(*_: object) -> None:
        raise AssertionError("reached")

    async def send(message: Message) -> None:
        sent.append(message)

    scope = http("/_stcore/stream", "attaquant.exemple") | {"type": "websocket"}
    asyncio.run(Walls(application)(scope, None, send))  # type: ignore[arg-type]
    assert sent == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.usefixtures("login", "runtime")
@pytest.mark.parametrize(
    ("path", "who", "expected"),
    [
        ("/media/table.csv", "", 403),
        ("/media/table.csv", "reader", 403),
        ("/media/table.csv", "planner", 200),
        ("/media/table.csv", "chief", 200),
        ("/media/picture.png", "", 200),
        ("/media/unknown.csv", "chief", 403),
        ("/_stcore/metrics", "", 403),
        ("/_stcore/metrics", "planner", 403),
        ("/_stcore/metrics", "chief", 200),
        ("/_stcore/health", "", 200),
    ],
)
def test_media_and_measures_are_for_who_may_see_them(path: str, who: str, expected: int) -> None:
    assert status(http(path, who=who))[0] == expected


@pytest.mark.usefixtures("runtime")
@pytest.mark.parametrize(
    ("name", "length", "expected"),
    [
        ("plan", 10, 200),
        ("plan", walls.MAX_SESSION_BYTES, 403),
        ("all", 10, 403),
        ("unknown", 10, 403),
    ],
)
def test_an_upload_needs_an_uploader_on_screen_and_room(
    name: str, length: int, expected: int
) -> None:
    path = f"/_stcore/upload_file/{name}/1"
    assert status(http(path, method="PUT", content_length=str(length)))[0] == expected


@pytest.mark.usefixtures("runtime")
def test_an_upload_that_does_not_say_its_length_is_refused() -> None:
    path = "/_stcore/upload_file/plan/1"
    assert status(http(path, method="PUT", transfer_encoding="chunked"))[0] == 403
    assert status(http(path, method="PUT", content_length="-1"))[0] == 403


@pytest.mark.usefixtures("runtime")
def test_uploads_on_their_way_together_count_before_any_is_there() -> None:
    size = str(walls.MAX_SESSION_BYTES * 2 // 5)
    answers: list[int] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            answers.append(message["status"])

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def together() -> None:
        arrived = asyncio.Event()

        async def application(_scope: Scope, _receive: object, answer: Any) -> None:
            await arrived.wait()
            await answer({"type": "http.response.start", "status": 200, "headers": []})

        def put(number: int) -> Any:
            scope = http(f"/_stcore/upload_file/plan/{number}", method="PUT", content_length=size)
            return asyncio.ensure_future(Walls(application)(scope, receive, send))

        asked = [put(number) for number in range(5)]
        await asyncio.sleep(0)
        arrived.set()
        await asyncio.gather(*asked)

    asyncio.run(together())
    assert sorted(answers) == [200, 200, 403, 403, 403]
    assert not walls._COMING  # what has come or failed counts no more


def test_an_upload_is_welcome_after_a_run_that_left_the_uploader_as_it_was(
    runtime: SimpleNamespace,
) -> None:
    """The second run of a screen moves all states among the old ones."""
    key = "$$ID-uploader"
    state = SessionState()
    state._new_widget_state.set_from_value(key, None)
    state._new_widget_state.set_widget_metadata(
        WidgetMetadata(key, lambda value: value, lambda value: value, "file_uploader_state_value")
    )
    state._compact_state()
    one = SimpleNamespace(id="plan", _user_info=PLANNER, session_state=state)
    runtime._session_mgr.list_sessions = lambda: [SimpleNamespace(session=one)]
    assert walls.expects_files("plan")
    del state._old_state[key]  # as the end of a run does with what is no longer on screen
    assert not walls.expects_files("plan")


@pytest.mark.usefixtures("login")
@pytest.mark.parametrize(("who", "heard"), [("", 1), ("planner", 1), ("chief", 2)])
def test_the_caches_of_all_are_emptied_by_an_administrator_only(who: str, heard: int) -> None:
    order = BackMsg(clear_cache=True).SerializeToString()
    other = BackMsg(stop_script=True).SerializeToString()
    waiting = [{"type": "websocket.receive", "bytes": one} for one in (order, other)]
    waiting.append({"type": "websocket.disconnect"})
    received: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0)

    async def application(_scope: Scope, next_message: Any, _send: object) -> None:
        while (message := await next_message())["type"] != "websocket.disconnect":
            received.append(message)

    scope = http("/_stcore/stream", who=who) | {"type": "websocket"}
    asyncio.run(Walls(application)(scope, receive, None))  # type: ignore[arg-type]
    assert len(received) == heard
    assert received[-1]["bytes"] == other


def test_cookies_of_a_login_last_eight_hours_and_are_secure_behind_https() -> None:
    made = "_streamlit_user=x; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax"
    plain, secure = (
        status(http("/oauth2callback", x_forwarded_proto=scheme), made, "other=1; Max-Age=2592000")[
            1
        ]
        for scheme in ("http", "https")
    )
    assert plain == [made.replace("2592000", "28800"), "other=1; Max-Age=2592000"]
    assert secure == [f"{plain[0]}; Secure", plain[1]]


@pytest.mark.usefixtures("login")
def test_logging_out_ends_the_login_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = []
    monkeypatch.setattr(accounts, "end_session", ended.append)
    status(http("/auth/logout", who="planner"))
    assert ended == [{"who": "planner"}]
