"""The site's address and the repository's: one setting each.

`html_baseurl` and `course_repository` in _config.yml, empty there;
FBKIT_SITE_ADDRESS and FBKIT_REPOSITORY in the environment go before
them. Where one is empty, the links that need it are left out.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.config import Config

SETTINGS = {
    "html_baseurl": "FBKIT_SITE_ADDRESS",
    "course_repository": "FBKIT_REPOSITORY",
}
# Pages that nobody looks for.
UNLISTED = [
    "404.html",
    "genindex.html",
    "py-modindex.html",
    "search.html",
]
ROBOTS = "User-agent: *\nAllow: /\n\nSitemap: {}sitemap.xml\n"


def fill(app: Sphinx, config: Config) -> None:
    """Take an address from the environment where it names one.

    The site's ends in a slash, the repository's in none.
    """
    for setting, variable in SETTINGS.items():
        address = os.environ.get(variable) or config[setting] or ""
        config[setting] = address.rstrip("/")
    if config.html_baseurl:
        config.html_baseurl += "/"
        config.ogp_site_url = config.html_baseurl
        app.setup_extension("sphinx_sitemap")
        config.sitemap_url_scheme = "{link}"
        config.sitemap_excludes = UNLISTED
    config.ogp_site_name = config.html_title
    # The page for a wrong address is shown at any depth.
    config.notfound_urls_prefix = (
        urlsplit(config.html_baseurl).path or "/"
    )


def offer(app, page, template, context, doctree) -> None:
    """Templates know the repository, too; Sphinx gives `pageurl`."""
    context["course_repository"] = app.config.course_repository


def write_robots(app: Sphinx, error: Exception | None) -> None:
    if app.config.html_baseurl and not error:
        robots = Path(app.outdir) / "robots.txt"
        text = ROBOTS.format(app.config.html_baseurl)
        robots.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict:
    app.add_config_value("course_repository", "", "html", [str])
    # Early: other extensions read the address in the same event.
    app.connect("config-inited", fill, priority=100)
    app.connect("html-page-context", offer)
    app.connect("build-finished", write_robots)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
