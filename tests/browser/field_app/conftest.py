"""A server of its own for the field app (gunicorn and a database as in life), and phones to hold."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from tests.browser.field_app.hand import SCREEN, Hand
from tests.storm.server import ROOT, environment, fresh_database, manage, serving

# Lighthouse's "slow 4G": milliseconds and bytes a second.
SLOW_4G = {"latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8, "offline": False}
FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


class Country:
    """The server that the phones talk to, and what happens there meanwhile."""

    def __init__(self, server, env: dict, told: dict):
        self.server, self.env = server, env
        self.url = f"http://localhost:{server.port}"
        self.orders = [order["id"] for order in told["orders"]]
        self.square = dict(zip(("latitude", "longitude"), told["square"], strict=True))

    def run(self, *words) -> dict:
        return run(self.env, *words)

    def report(self) -> dict:
        return self.run("report")


def run(env: dict, *words) -> dict:
    return json.loads(manage("-m", "tests.browser.field_app.country", *map(str, words), env=env))


def settle_country(folder: Path, url: str) -> tuple[dict, dict]:
    env = environment(folder, url, DEBUG="on")
    manage("manage.py", "migrate", "--verbosity", "0", env=env)
    return env, run(env, "fill")


@pytest.fixture(scope="session")
def settled(tmp_path_factory):
    """A country that SQLite's tests copy, since migrating one takes six seconds."""
    folder = tmp_path_factory.mktemp("country")
    _, told = settle_country(folder, f"sqlite:///{folder}/country.sqlite3")
    return folder / "country.sqlite3", told


@pytest.fixture
def country(tmp_path, request):
    """Fresh for each test: they change everything. Parametrised, it takes further variables of its server."""
    extra = getattr(request, "param", {})
    if not (ROOT / "frontend/dist/app/index.html").exists():
        refuse = pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip
        refuse("The field app is not built: make frontend")
    with fresh_database(tmp_path, "findgo_field") as url:
        if url.startswith("sqlite"):
            path, told = request.getfixturevalue("settled")
            shutil.copy(path, tmp_path / "findgo_field.sqlite3")
            env = environment(tmp_path, url, DEBUG="on")
        else:
            env, told = settle_country(tmp_path, url)
        with serving(env | extra, tmp_path / "server.log") as server:
            yield Country(server, env, told)


class Phone:
    """A phone with its storage, which outlives the browser."""

    def __init__(self, playwright, path: str, folder: Path, country: Country, *, is_slow: bool = False, **options):
        """`is_slow`: a mid-range phone on a mobile network, as far as a desk can be one."""
        self.is_slow = is_slow
        self.playwright, self.path, self.folder, self.country = playwright, path, folder, country
        self.options = {"color_scheme": "light"} | options
        self.hand = self.start()

    def start(self) -> Hand:
        self.context = self.playwright.chromium.launch_persistent_context(
            str(self.folder),
            executable_path=self.path,
            args=FLAGS,
            viewport=SCREEN,
            device_scale_factor=2,
            is_mobile=True,
            has_touch=True,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            geolocation=self.country.square | {"accuracy": 8},
            permissions=["geolocation"],
            **self.options,
        )
        page = self.context.pages[0]
        if self.is_slow:
            self.devtools = self.context.new_cdp_session(page)
            self.devtools.send("Network.enable")
            self.devtools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
            self.devtools.send("Network.emulateNetworkConditions", SLOW_4G)
        return Hand(page, self.country.url)

    def stand(self, latitude: float, longitude: float, accuracy: float = 8) -> None:
        self.context.set_geolocation({"latitude": latitude, "longitude": longitude, "accuracy": accuracy})

    def offline(self, is_offline: bool = True) -> None:
        if self.is_slow:  # Playwright's own switch would end the throttling
            self.devtools.send("Network.emulateNetworkConditions", SLOW_4G | {"offline": is_offline})
        else:
            self.context.set_offline(is_offline)

    def kill(self) -> Hand:
        """The browser dies in the middle of it, as on a full phone; then it is opened again."""
        for pid in processes_of(self.folder):
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(Exception):  # it is dead: that was the point
            self.context.close()
        for lock in self.folder.glob("Singleton*"):
            lock.unlink()
        self.hand = self.start()
        return self.hand

    def close(self) -> None:
        self.context.close()


def processes_of(folder: Path) -> list[int]:
    """The browser's main process: the one that was started with this folder and has no type."""
    found = subprocess.run(["pgrep", "-f", f"--user-data-dir={folder}"], capture_output=True, text=True).stdout.split()
    return [int(pid) for pid in found if b"--type=" not in command_of(pid)]


def command_of(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return b"--type="


@pytest.fixture
def phones(driver, chromium_path, country, tmp_path):
    """`phones()` is a new phone; each has its own storage."""
    held = []

    def hold(**options) -> Phone:
        held.append(Phone(driver, chromium_path, tmp_path / f"phone{len(held)}", country, **options))
        return held[-1]

    yield hold
    for phone in held:
        phone.close()


@pytest.fixture
def picture(tmp_path):
    """A photo as a camera makes it: 12 megapixels."""
    path = tmp_path / "house.jpg"
    Image.effect_noise((4000, 3000), 40).convert("RGB").save(path, quality=85)
    return path
