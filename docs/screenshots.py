"""Takes the pictures of the documentation: `make screenshots`, with the demo served at http://127.0.0.1:8000.

make run &                                     # in another terminal
make screenshots ARGS="--base http://127.0.0.1:8000 --out docs/img"
"""

import argparse
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
PICTURES = {"overview": "/"}
USERNAME, PASSWORD = "supervisor.bandung", "merdeka-demo-26"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "img")
    options = parser.parse_args()
    browser_path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if browser_path is None:
        sys.exit("No Chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="id-ID")
        sign_in(page, options.base)
        for name, path in PICTURES.items():
            page.goto(options.base + path)
            page.wait_for_load_state("networkidle")
            page.screenshot(path=options.out / f"{name}.png")
        browser.close()


def sign_in(page: Page, base: str) -> None:
    page.goto(f"{base}/sign-in/")
    page.fill("input[name=username]", USERNAME)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"{base}/")


if __name__ == "__main__":
    main()
