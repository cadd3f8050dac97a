"""Links of the text that MyST cannot follow.

`[350](#claim:ID/ROW)` is a number of a claim: it is compared with the
ledger, and leads to the claim. `[set it so](#name.param=value)` sets an
explorer: it stays as it is. `page.ipynb#name.param=value` opens that
page with its explorer set.
"""

import posixpath
import re
from urllib.parse import parse_qsl

from docutils import nodes
from fbkit.explorers import registry
from fbkit.ledger import numbers
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

LOG = logging.getLogger(__name__)
LEDGER = "book/claims"
MOMENT = "moment"  # of a run, which is no parameter
SETTING = re.compile(r"#\w+\.\w+=")


class LinksOfOurOwn(SphinxTransform):
    """Before MyST looks for a heading of that name, and warns."""

    default_priority = 870  # MyST: 879

    def apply(self, **_) -> None:
        for link in list(self.document.findall(nodes.reference)):
            address = link.get("refuri", "")
            if not link.get("id_link"):
                continue
            if address.startswith(numbers.PREFIX):
                self.follow(link, address.removeprefix(numbers.PREFIX))
            elif SETTING.match(address):
                self.keep(link)
        for link in list(self.document.findall(pending_xref)):
            setting = f"#{link.get('reftargetid')}"
            if SETTING.match(setting):
                self.open(link, setting)

    def follow(self, link: nodes.reference, address: str) -> None:
        """Compare the number with the ledger, and lead to its claim."""
        text = link.astext()
        del link["id_link"]
        link["refuri"] = self.card(address.partition("/")[0])
        link["classes"].append("fb-number")
        _, wrong = numbers.compared(text, address)
        if wrong:
            LOG.warning("%s", wrong, location=link, type="claim")
        else:
            link["reftitle"] = numbers.about(address)

    def card(self, id: str) -> str:
        """The claim on the page, or else its row in the ledger."""
        shown = [
            part.astext() for part in self.document.findall(nodes.raw)
        ]
        for place in (f"claim-{id}", f"measured-{id}"):
            if any(f'id="{place}"' in part for part in shown):
                return f"#{place}"
        here = posixpath.dirname(self.env.docname)
        return f"{posixpath.relpath(LEDGER, here)}.html#ledger-{id}"

    def keep(self, link: nodes.reference) -> None:
        """Leave a link to this page's explorer alone."""
        del link["id_link"]
        self.check(link, link["refuri"])

    def open(self, link: pending_xref, setting: str) -> None:
        """Lead to another page, with its explorer set."""
        here = posixpath.dirname(self.env.docname)
        page = posixpath.relpath(link["reftarget"], here)
        there = nodes.reference("", "", *link.children, internal=True)
        there["refuri"] = f"{page}.html{setting}"
        self.check(link, setting)
        link.replace_self(there)

    def check(self, link: nodes.Element, setting: str) -> None:
        """A warning where a link would set nothing."""
        for key, _ in parse_qsl(setting.removeprefix("#")):
            name, _, param = key.partition(".")
            if name not in registry():
                said = f"no explorer is called {name!r}"
            elif param not in {*registry()[name].params, MOMENT}:
                said = f"the explorer {name} has no {param!r} to set"
            else:
                continue
            LOG.warning("%s", said, location=link, type="explorer")


def setup(app: Sphinx) -> dict:
    app.add_transform(LinksOfOurOwn)
    app.setup_extension("claim_pages")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
