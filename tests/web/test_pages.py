"""Pages in a real browser, with every request to another host counted: there are none."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.web.serving import serving

pytestmark = pytest.mark.browser
# A machine at work takes its time.
expect.set_options(timeout=60_000)

CHROMIUM = os.environ.get("DXI_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
MISSING = "No chromium was found, so no page was looked at: install Debian's chromium, or name one in DXI_TEST_CHROMIUM"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def address(databases: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with databases.fresh("sqlite", tmp_path_factory.mktemp("pages")) as url, serving(url) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


class Visit:
    """A page, every host it asked, and every complaint of the browser."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda r: self.asked.append(r.url))
        page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: self.complaints.append(str(e)))
        page.on("requestfailed", lambda r: self.complaints.append(f"failed: {r.url}"))

    def strangers(self, address: str) -> list[str]:
        own = urlsplit(address).netloc
        return [u for u in self.asked if urlsplit(u).scheme not in ("data", "blob") and urlsplit(u).netloc != own]

    def paths(self) -> set[str]:
        return {urlsplit(u).path for u in self.asked}


@contextmanager
def visiting(browser: Browser) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, locale="vi-VN")
    # The cable is out: whatever is not this machine cannot be reached, and would be seen in `asked`.
    context.route(
        re.compile(r"^https?://"),
        lambda route: route.continue_() if "//127.0.0.1" in route.request.url else route.abort(),
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield Visit(page)
    context.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    with visiting(browser) as found:
        yield found


@pytest.fixture(scope="module")
def docs(browser: Browser, address: str) -> Iterator[Visit]:
    """The interactive pages, for all who leave them as they are: to draw them takes seconds."""
    with visiting(browser) as found:
        found.page.goto(f"{address}/docs")
        yield found


def shot(page: Page, name: str) -> None:
    """Keep a picture where DXI_TEST_SCREENSHOTS says, to be looked at."""
    if folder := os.environ.get("DXI_TEST_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=name != "docs")


def unfolded(visit: Visit, operation: str) -> Any:
    block = visit.page.locator(f"[id$='-{operation}']")
    block.locator(".opblock-summary-control").click()
    return block


def test_the_docs_render_with_the_cable_out(docs: Visit, address: str):
    expect(docs.page.locator(".opblock-tag").first).to_be_visible()
    assert docs.page.locator(".opblock-tag").count() >= 9
    expect(docs.page.get_by_text("47 phường, xã của thành phố Thanh Hóa").first).to_be_visible()
    assert docs.page.locator("html").get_attribute("lang") == "en"
    assert docs.page.locator("img[src*=validator]").count() == 0
    shot(docs.page, "docs")
    assert docs.strangers(address) == []
    assert {path for path in docs.paths() if not path.startswith("/api/")} == {
        "/docs",
        "/docs/assets/swagger-ui.css",
        "/docs/assets/swagger-ui-bundle.js",
        "/docs/start.js",
        "/openapi.json",
    }
    assert docs.complaints == []


def test_an_operation_is_tried_out_as_it_stands(docs: Visit, address: str):
    block = unfolded(docs, "show_indicator")

    block.get_by_role("button", name="Execute").click()

    answer = block.locator(".live-responses-table .response").first
    expect(answer.locator(".response-col_status").first).to_contain_text("200")
    expect(answer).to_contain_text("commune_dx_completed")
    shot(docs.page, "docs-executed")
    assert "/api/v1/indicators/commune_dx_completed" in docs.paths()
    assert docs.strangers(address) == []
    assert docs.complaints == []


def test_a_key_given_to_authorize_is_sent(visit: Visit, address: str):
    sent: list[str | None] = []
    visit.page.on("request", lambda r: sent.append(r.headers.get("authorization")) if "/api/v1/me" in r.url else None)
    visit.page.goto(f"{address}/docs")
    visit.page.get_by_role("button", name="Authorize").first.click()
    dialog = visit.page.locator(".dialog-ux")
    dialog.locator("input").first.fill("dxk_abcd_" + "x" * 43)
    dialog.get_by_role("button", name="Apply credentials").click()
    dialog.get_by_role("button", name="Close").last.click()
    block = unfolded(visit, "show_me")

    block.get_by_role("button", name="Execute").click()

    answer = block.locator(".live-responses-table .response").first
    expect(answer.locator(".response-col_status").first).to_contain_text("401")
    expect(answer).to_contain_text("/problems/unauthenticated")
    assert sent == ["Bearer dxk_abcd_" + "x" * 43]
    assert visit.strangers(address) == []


def test_operations_that_read_and_that_write_unfold(docs: Visit):
    for method in ("get", "patch"):
        operation = docs.page.locator(f".opblock-{method}").last
        operation.locator(".opblock-summary-control").click()
        expect(operation.locator(".opblock-body")).to_be_visible()

    assert docs.page.locator(".errors-wrapper").count() == 0
    assert docs.complaints == []


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", ["Chỉ tiêu chuyển đổi số thành phố Thanh Hóa", "The city's newest figures"]),
        ("/problems", ["Các lỗi của dịch vụ", "Every error names its code"]),
        ("/problems/if-match-stale", ["Đã có người sửa trước", "Somebody changed it first"]),
    ],
)
@pytest.mark.parametrize("width", [1280, 360])
def test_a_page_stands_alone_and_fits_a_telephone(visit: Visit, address: str, path: str, words: list[str], width: int):
    visit.page.set_viewport_size({"width": width, "height": 800})
    visit.page.goto(f"{address}{path}")

    for text in words:
        expect(visit.page.get_by_text(text).first).to_be_visible()
    shot(visit.page, f"page{path.replace('/', '-')}-{width}")
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    assert visit.page.evaluate("getComputedStyle(document.body).maxWidth") != "none"
    assert visit.paths() == {path}
    assert visit.complaints == []


def test_every_link_of_the_first_page_leads_somewhere(visit: Visit, address: str):
    visit.page.goto(address)
    links = [str(a.get_attribute("href")) for a in visit.page.locator("a").all()]

    answers = {link: visit.page.request.get(f"{address}{link}").status for link in links}

    assert len(links) >= 6
    assert set(answers.values()) == {200}
