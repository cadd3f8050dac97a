"""The browser of the other browser tests."""

from tests.browser.conftest import browser, windows  # noqa: F401  fixtures
