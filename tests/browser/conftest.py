"""A real browser: the system's Chromium, driven by Playwright. Without one the tests are skipped, loudly.

REQUIRE_BROWSER=1 makes its absence a failure, as CI does.
"""

import os
import shutil

import pytest
from django.test import override_settings

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session", autouse=True)
def plain_http():
    """The live server reads these when it starts, before any test's own settings."""
    names = {"SESSION_COOKIE_NAME": "sessionid", "CSRF_COOKIE_NAME": "csrftoken"}
    with override_settings(SECURE_SSL_REDIRECT=False, SESSION_COOKIE_SECURE=False, CSRF_COOKIE_SECURE=False, **names):
        yield


@pytest.fixture(scope="session")
def chromium_path():
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        refuse = pytest.fail if os.environ.get("REQUIRE_BROWSER") else pytest.skip
        refuse("No Chromium on this machine: apt-get install chromium")
    return path


@pytest.fixture(scope="session")
def driver(chromium_path):
    """Playwright, once: a second one in the same process would find the loop of the first."""
    # Playwright's own loop would make Django think that it runs in one; the tests are plain and synchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(driver, chromium_path):
    browser = driver.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture
def page(chromium):
    """A fresh page of 1366 × 768; `page.complaints` collects console errors, exceptions and failed requests."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="id-ID")
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.complaints = []
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("requestfailed", lambda request: page.complaints.append(f"{request.url} {request.failure}"))
    yield page
    context.close()
