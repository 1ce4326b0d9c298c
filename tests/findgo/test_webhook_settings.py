"""The provisioning webhook's settings: off, right, or refused at start."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from findgo.env import webhook

SECRET = "s" * 32


@pytest.fixture
def said(monkeypatch):
    """`said(url, secret)` is what `webhook` makes of these variables."""

    def read(url, secret=SECRET, *, is_debug=False):
        monkeypatch.setenv("PROVISIONING_WEBHOOK_URL", url)
        monkeypatch.setenv("PROVISIONING_WEBHOOK_SECRET", secret)
        return webhook(is_debug=is_debug)

    return read


@pytest.mark.parametrize("secret", ["", "short", SECRET])
def test_without_a_url_it_is_off(said, secret):
    assert said("", secret) == ("", "")


@pytest.mark.parametrize(
    "url",
    [
        "https://prov.example/points?key=1",
        "https://prov.example:8443",
        "http://127.0.0.1:9000/x",
        "http://localhost/x",
        "http://[::1]:80/x",
    ],
)
def test_https_and_this_machine_are_taken(said, url):
    assert said(url) == (url, SECRET)


def test_plain_http_elsewhere_is_for_debugging_only(said):
    assert said("http://prov.example/x", is_debug=True)[0]
    with pytest.raises(ImproperlyConfigured, match="must be https"):
        said("http://prov.example/x")


@pytest.mark.parametrize(
    "url",
    [
        "prov.example/points",
        "ftp://prov.example/points",
        "https:///points",
        "https://prov.example:port/",
        "https://prov.example:99999/",
        "https://[prov/",
        "https://user:password@prov.example/",
        "https://prov.example/#part",
        "https://prov.example/a b",
        "https://prov.exämple/",
        "http://127.0.0.1.prov.example/",
    ],
)
def test_nonsense_is_refused_without_repeating_it(said, url):
    with pytest.raises(ImproperlyConfigured) as refused:
        said(url)
    assert url not in str(refused.value) and "PROVISIONING_WEBHOOK_URL" in str(refused.value)


@pytest.mark.parametrize("secret", ["", "s" * 31])
def test_a_url_needs_a_long_secret(said, secret):
    with pytest.raises(ImproperlyConfigured, match="at least 32"):
        said("https://prov.example/", secret)


def test_a_secret_from_a_file_loses_its_line_break(said, monkeypatch, tmp_path):
    path = tmp_path / "secret"
    path.write_text(f"{SECRET}\n")
    monkeypatch.setenv("PROVISIONING_WEBHOOK_SECRET_FILE", str(path))

    assert said("https://prov.example/")[1] == SECRET
