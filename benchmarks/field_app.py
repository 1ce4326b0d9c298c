"""The field app on a mid-range phone: how long until the first useful list, and how much comes over the line.

    make frontend && .venv/bin/python -m benchmarks.field_app [--orders 60] [--rounds 5] [--cpu 4]

Chromium with its processor throttled (--cpu times) and the network of Lighthouse's "slow 4G" (150 ms round trip,
1.6 Mbit/s down, 0.75 up) meets gunicorn with a fresh database. Beside it a page without any of the app: it signs in,
fetches the same orders and prints them as text.

cold    nothing on the phone: from the address to the sign-in form, from the password to the PIN, and from that to the
        list; the agent's typing is not counted
warm    no network at all: from the address to the list, the copy unlocked, the app in the worker's cache
"""

import argparse
import os
import shutil
import tempfile
from pathlib import Path
from statistics import median

import django
from playwright.sync_api import Page, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "findgo.settings")
django.setup()

from tests.browser.conftest import NAMES  # noqa: E402
from tests.browser.field_app.conftest import FLAGS, SLOW_4G, run, settle_country  # noqa: E402
from tests.browser.field_app.hand import PIN, SCREEN  # noqa: E402
from tests.cast import PASSWORD  # noqa: E402
from tests.storm.server import environment, fresh_database, manage, serving  # noqa: E402

COLD_MOST_S, WARM_MOST_S, SHELL_MOST_KB = 2.5, 0.5, 300
FIRST_ORDER = ".orders .order"
# The plainest page that shows the same orders: what the line and the processor cost alone.
PLAIN = """async () => {
    const began = performance.now();
    const body = { username: '%s', password: '%s', device: { id: crypto.randomUUID(), name: 'plain' } };
    const headers = { 'Content-Type': 'application/json' };
    const login = await fetch('/api/v1/auth/login/', { method: 'POST', headers, body: JSON.stringify(body) });
    headers.Authorization = 'Bearer ' + (await login.json()).access;
    document.body.textContent = await (await fetch('/api/v1/sync/snapshot/', { headers })).text();
    document.body.getBoundingClientRect();
    return (performance.now() - began) / 1000;
}"""


def throttle(page: Page, cpu: int, network: dict) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", network)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": cpu})


def since_address(page: Page, selector: str) -> float:
    """Seconds of the page's own clock from its address to when `selector` was drawn."""
    return page.evaluate(
        """(selector) => new Promise((done) => {
            const look = () => document.querySelector(selector)
                ? requestAnimationFrame(() => done(performance.now() / 1000)) : setTimeout(look, 5);
            look();
        })""",
        selector,
    )


def cold(page: Page, url: str, username: str) -> tuple[float, float, float]:
    """Seconds to the form, from the password to the PIN's form, and from the PIN to the list."""
    page.goto(f"{url}/app/", wait_until="commit")
    form = since_address(page, "[name=password]")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    began = page.evaluate("performance.now() / 1000")
    page.click("button[type=submit]", no_wait_after=True)
    entered = since_address(page, "[name=again]") - began
    page.fill("[name=pin]", PIN)
    page.fill("[name=again]", PIN)
    began = page.evaluate("performance.now() / 1000")
    page.click("button[type=submit]", no_wait_after=True)
    return form, entered, since_address(page, FIRST_ORDER) - began


def warm(page: Page, url: str) -> float:
    page.goto(f"{url}/app/", wait_until="commit")
    return since_address(page, FIRST_ORDER)


def bytes_of(page: Page, seen: dict[str, int]) -> None:
    """Count what comes over the line, compressed, by address."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    names: dict[str, str] = {}
    devtools.on("Network.responseReceived", lambda said: names.update({said["requestId"]: said["response"]["url"]}))

    def finished(said):
        url = names.get(said["requestId"], "")
        seen[url] = seen.get(url, 0) + int(said["encodedDataLength"])

    devtools.on("Network.loadingFinished", finished)


def measure(options) -> None:
    path = next(filter(None, map(shutil.which, NAMES)))
    folder = Path(tempfile.mkdtemp())
    with fresh_database(folder, "findgo_bench_field") as database, sync_playwright() as playwright:
        settle_country(folder, database)
        env = environment(folder, database, DEBUG="off")
        manage("manage.py", "collectstatic", "--noinput", "--verbosity", "0", env=env)  # compressed, as in production
        agents = run(env, "crowd", options.rounds, options.orders)["agents"]
        colds, plains, warms, sizes = [], [], [], {}
        with serving(env, folder / "log") as server:
            url = f"http://localhost:{server.port}"
            for number, agent in enumerate(agents):
                context = playwright.chromium.launch_persistent_context(
                    str(folder / f"phone{number}"),
                    executable_path=path,
                    args=FLAGS,
                    viewport=SCREEN,
                    is_mobile=True,
                    has_touch=True,
                    geolocation={"latitude": -6.9217, "longitude": 107.6071},
                    permissions=["geolocation"],
                )
                page = context.pages[0]
                sizes = {}
                bytes_of(page, sizes)
                throttle(page, options.cpu, SLOW_4G)
                colds.append(cold(page, url, agent["username"]))
                throttle(page, 1, SLOW_4G | {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1})
                page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
                shell = {name: size for name, size in sizes.items() if "/api/" not in name}
                first = {name: size for name, size in shell.items() if not is_later(name)}
                page.goto(f"{url}/app/")  # from here on the worker has the page
                page.wait_for_selector(FIRST_ORDER)
                context.set_offline(True)
                throttle(page, options.cpu, SLOW_4G | {"offline": True})
                warms.append(warm(page, url))
                context.close()
            for agent in agents:
                browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
                page = browser.new_page()
                page.goto(f"{url}/app/manifest.webmanifest")
                throttle(page, options.cpu, SLOW_4G)
                plains.append(page.evaluate(PLAIN % (agent["username"], PASSWORD)))
                browser.close()
    forms, entries, lists = (median(values) for values in zip(*colds, strict=True))
    kilobytes = sum(first.values()) / 1000
    print(f"{options.orders} orders, processor / {options.cpu}, slow 4G, median of {options.rounds}")
    say("cold: address to form", forms)
    say("cold: password to PIN", entries)
    say("cold: PIN to list", lists)
    say("cold: all three", forms + entries + lists, COLD_MOST_S)
    say("plain page, sign-in and orders as text", median(plains))
    print(f"{'ours / plain, from the password on':42} {(entries + lists) / median(plains):7.2f}")
    say("warm: address to list, no network", median(warms), WARM_MOST_S)
    verdict = "ok" if kilobytes <= SHELL_MOST_KB else "TOO MUCH"
    print(f"{'before the map, compressed':42} {kilobytes:7.0f} kB  (at most {SHELL_MOST_KB}: {verdict})")


def is_later(name: str) -> bool:
    """Of the map, or what the worker fetches once the list is there."""
    return any(word in name for word in ("view-", "maplibre", "outline", "sw.js", "icon-"))


def say(what: str, seconds: float, most: float | None = None) -> None:
    target = "" if most is None else f"  (at most {most}: {'ok' if seconds <= most else 'TOO SLOW'})"
    print(f"{what:42} {seconds:7.2f} s{target}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cpu", type=int, default=4)
    measure(parser.parse_args())
