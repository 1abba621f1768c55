"""A receipt as the journal keeps it."""

from __future__ import annotations

import json

from kiosk.journal.device import ReceiptRow
from kiosk.sync.receipt import Receipt


def row(receipt: Receipt, via: str) -> ReceiptRow:
    """How the journal keeps a receipt that came over the network or on a stick."""
    rejected = json.dumps([{"seq": each.seq, "code": each.code} for each in receipt.rejected])
    return ReceiptRow(
        receipt.sha256,
        receipt.chain,
        receipt.first,
        receipt.last,
        receipt.accepted,
        receipt.duplicate,
        rejected,
        receipt.at,
        via,
        receipt.document().decode(),
    )
