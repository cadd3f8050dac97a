"""The ledger: every scientific statement of the book that is a number, with the window
it must stay in, a wrong theory that the window refuses, and what was measured.

A claim is a short function of a seed in its chapter's `claims.py`. *Live* claims run
when the site is built, on seeds 0 to 2; *recorded* ones take longer, so their values
come from a file. The window is never typed: `make calibrate` computes it from seeds
that the build never uses. Everything stored carries a key of what it depends on.
"""

from fbkit.ledger.entries import Claim, enter, ledger, registry
from fbkit.ledger.key import key_of
from fbkit.ledger.running import calibrate, recompute, restamp, spot_check, update
from fbkit.ledger.show import (
    ClaimsTable,
    Measured,
    Result,
    claim,
    claims_table,
    measured,
    result,
)

__all__ = [
    "Claim",
    "ClaimsTable",
    "Measured",
    "Result",
    "calibrate",
    "claim",
    "claims_table",
    "enter",
    "key_of",
    "ledger",
    "measured",
    "recompute",
    "registry",
    "restamp",
    "result",
    "spot_check",
    "update",
]
