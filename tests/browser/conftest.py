"""A real browser, headless: Debian's Chromium, driven by Playwright. Pictures of what was seen go to $TANDEM_PICTURES."""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
FLAGS += ["--no-first-run", "--disable-quic"]


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks at the groups
def pytest_collection_modifyitems(items):
    """One process for all: a browser and JupyterLab need their time, and two at once more than twice of it."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("browser"))
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="there is no Chromium: apt-get install chromium"))


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def picture(tmp_path):
    """A function that takes a page's picture under a name, for a person to look at."""
    folder = Path(os.environ.get("TANDEM_PICTURES", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)

    def take(page, name, **options):
        page.screenshot(path=folder / f"{name}.png", **options)

    return take


@pytest.fixture(scope="session")
def serve(tmp_path_factory):
    """A function that starts a command which serves a port, waits until it answers, and stops it at the end."""
    running = []

    def start(command, port, path="/", **environment):
        log = tmp_path_factory.mktemp("server") / "log"
        with log.open("wb") as out:
            process = subprocess.Popen(command, env=os.environ | environment, stdout=out, stderr=subprocess.STDOUT)
        running.append(process)
        end = time.monotonic() + 60
        while True:
            try:
                with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5):
                    return f"http://127.0.0.1:{port}"
            except (URLError, OSError):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < end, log.read_text()
                time.sleep(0.3)

    yield start
    for process in running:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def free_port():
    """A function that finds a port nobody listens on."""

    def find():
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    return find


@pytest.fixture(scope="session")
def python():
    return sys.executable


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 1300, "height": 900})
    page.set_default_timeout(120_000)
    yield page
    page.close()
