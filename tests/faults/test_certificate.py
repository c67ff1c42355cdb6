"""The proxy of `deploy/` with a certificate: encrypted, and nothing in clear on the same port."""

import os
import ssl
import tempfile
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from benchmarks.deployed import deployed, lacking

pytestmark = pytest.mark.campaign


def test_the_proxy_speaks_under_its_certificate_only() -> None:
    if missing := lacking():
        pytest.skip(f"not on this machine: {missing}")
    home = Path(os.environ["PROXISOINS_HOME"])
    with (
        tempfile.TemporaryDirectory() as folder,
        deployed(Path(folder), home, 1, secure=True) as site,
    ):
        trusted = ssl.create_default_context(cafile=site.authority)
        answer = httpx.get(site.address, verify=trusted, timeout=60)
        assert answer.status_code == 200
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert "server" not in answer.headers
        kept = answer.headers["set-cookie"]
        assert kept.startswith("proxisoins_process=")
        assert {"Secure", "HttpOnly", "SameSite=None", "Path=/"} <= set(kept.split("; "))
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(site.address, timeout=60)
        assert httpx.get(site.address.replace("https", "http"), timeout=60).status_code == 400
        # The session itself, as a browser opens it.
        stream = site.address.replace("https", "wss") + "/_stcore/stream"
        with connect(stream, ssl=trusted, subprotocols=["streamlit"], open_timeout=60) as opened:
            assert opened.subprotocol == "streamlit"
