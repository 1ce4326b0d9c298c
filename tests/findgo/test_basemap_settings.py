"""The map under the orders: none, right, or refused at start."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from findgo.env import basemap


@pytest.fixture
def said(monkeypatch):
    """`said(url)` is what `basemap` makes of it."""

    def read(url, attribution="© OpenStreetMap", *, is_debug=False):
        monkeypatch.setenv("BASEMAP_URL", url)
        monkeypatch.setenv("BASEMAP_ATTRIBUTION", attribution)
        return basemap(is_debug=is_debug)

    return read


def test_without_a_url_there_is_none(said):
    assert said("") is None and said("  ") is None


@pytest.mark.parametrize(
    "url, kind",
    [
        ("https://tiles.example/{z}/{x}/{y}.png?key=1", "raster"),
        ("https://tiles.example:8443/?x={x}&y={y}&z={z}", "raster"),
        ("https://maps.example/indonesia.pmtiles", "pmtiles"),
        ("https://maps.example/indonesia.pmtiles?key=1", "pmtiles"),
        ("/tiles/indonesia.pmtiles", "pmtiles"),
        ("/tiles/{z}/{x}/{y}.webp", "raster"),
    ],
)
def test_tiles_and_files_are_taken(said, url, kind):
    assert said(url) == {"url": url, "kind": kind, "attribution": "© OpenStreetMap"}


def test_plain_http_is_for_debugging_only(said):
    assert said("http://tiles.example/{z}/{x}/{y}.png", is_debug=True)["kind"] == "raster"
    with pytest.raises(ImproperlyConfigured, match="must be https"):
        said("http://tiles.example/{z}/{x}/{y}.png")


@pytest.mark.parametrize(
    "url",
    [
        "tiles.example/{z}/{x}/{y}.png",
        "//tiles.example/{z}/{x}/{y}.png",
        "ftp://tiles.example/{z}/{x}/{y}.png",
        "https:///{z}/{x}/{y}.png",
        "https://tiles.example/",
        "https://tiles.example/{z}/{x}.png",
        "https://tiles.example/{z}/{x}/{y}/{y}.png",
        "https://{s}.tiles.example/{z}/{x}/{y}.png",
        "https://tiles.example/{z}/{x}/{y}{r}.png",
        "https://tiles.example/{z}/{x}/{y}.pmtiles",
        "https://tiles.example;script-src/{z}/{x}/{y}.png",
        "https://*.example/{z}/{x}/{y}.png",
        "https://tiles.example:port/{z}/{x}/{y}.png",
        "https://[tiles/{z}/{x}/{y}.png",
        "https://user:password@tiles.example/{z}/{x}/{y}.png",
        "https://tiles.example/{z}/{x}/{y}.png#part",
        "https://tiles.example/{z}/{x}/{y} .png",
        "https://tiles.exämple/{z}/{x}/{y}.png",
        "/\\tiles.example/{z}/{x}/{y}.png",
        "/tiles/",
    ],
)
def test_nonsense_is_refused_without_repeating_it(said, url):
    with pytest.raises(ImproperlyConfigured) as refused:
        said(url, is_debug=True)
    assert url not in str(refused.value) and "BASEMAP_URL" in str(refused.value)


@pytest.mark.parametrize("attribution", ['<a href="https://x.example">x</a>', "x" * 201])
def test_whose_map_it_is_is_plain_text(said, attribution):
    with pytest.raises(ImproperlyConfigured, match="BASEMAP_ATTRIBUTION"):
        said("/tiles/indonesia.pmtiles", attribution)
