"""The center's answer to a batch: what it did with every event of it, signed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from kiosk.journal.canonical import canonical
from kiosk.sync.answer import is_count, not_center, object_of, signed_by

SUFFIX = ".receipt"
"""Follows the name of a batch, as `<chain>-<first>-<last>`, in the name of the file beside it."""

_FORMS = {
    "batch_id": r"[a-z0-9]{8}(~[0-9a-f]{8})?-[0-9]+-[0-9]+",
    "sha256": r"[0-9a-f]{64}",
    "chain": r"[a-z0-9]{8}(~[0-9a-f]{8})?",
    "at": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
    "key": r"[0-9a-f]{64}",
    "signature": r"[0-9a-f]{128}",
}
_COUNTS = ("first", "last", "accepted", "duplicate")
_FIELDS = {*_FORMS, *_COUNTS, "rejected", "forked"}


@dataclass(frozen=True, slots=True)
class Rejected:
    """An event that lies in the center's quarantine, and why; see kiosk.center.checking.CODES."""

    seq: int
    code: str


@dataclass(frozen=True, slots=True)
class Fork:
    """From event `first` on the batch is another past than the center's; it keeps that as `chain`."""

    first: int
    chain: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch's events; `accepted`, `duplicate` and those rejected are all of them together.

    `batch_id` is the batch's file name without its suffix, `sha256` that of its bytes; `accepted` counts what
    was new, `duplicate` what was there already; `rejected` names those in quarantine, new or not. `at` is a
    stamp, `key` the public key of the center (64 hex digits), `signature` made with it (128 hex digits).
    """

    batch_id: str
    sha256: str
    chain: str
    first: int
    last: int
    accepted: int
    duplicate: int
    rejected: tuple[Rejected, ...]
    forked: Fork | None
    at: str
    key: str
    signature: str = ""

    def message(self) -> bytes:
        """What is signed: the canonical JSON of all but the signature."""
        return canonical(self._values()).encode()

    def document(self) -> bytes:
        """The answer to a push, and what the file beside a batch holds: canonical JSON."""
        return canonical({**self._values(), "signature": self.signature}).encode()

    def _values(self) -> dict[str, Any]:
        forked = self.forked and {"first": self.forked.first, "chain": self.forked.chain}
        return {
            "batch_id": self.batch_id,
            "sha256": self.sha256,
            "chain": self.chain,
            "first": self.first,
            "last": self.last,
            "accepted": self.accepted,
            "duplicate": self.duplicate,
            "rejected": [{"seq": each.seq, "code": each.code} for each in self.rejected],
            "forked": forked,
            "at": self.at,
            "key": self.key,
        }


def parse(document: bytes) -> Receipt:
    """The receipt that a document holds; raises SyncError (`not_center`) when it is none.

    Whose it is only `verify` says.
    """
    values = object_of(document, "a receipt")
    if values.keys() != _FIELDS or not (
        all(
            isinstance(values[name], str) and re.fullmatch(form, values[name])
            for name, form in _FORMS.items()
        )
        and all(is_count(values[name]) for name in _COUNTS)
        and isinstance(values["rejected"], list)
        and all(map(_is_rejected, values["rejected"]))
        and (values["forked"] is None or _is_fork(values["forked"]))
    ):
        raise not_center("a receipt")
    rejected = tuple(Rejected(**each) for each in values.pop("rejected"))
    forked = values.pop("forked")
    receipt = Receipt(**values, rejected=rejected, forked=Fork(**forked) if forked else None)
    counted = receipt.accepted + receipt.duplicate + len(rejected)
    if counted != receipt.last - receipt.first + 1:
        raise not_center("a receipt")
    return receipt


def verify(receipt: Receipt, key: str) -> bool:
    """Whether a receipt was signed by the center whose public key this is (64 hex digits)."""
    return receipt.key == key and signed_by(key, receipt.message(), receipt.signature)


def _is_rejected(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"seq", "code"}
        and is_count(value["seq"])
        and isinstance(value["code"], str)
        and re.fullmatch(r"[a-z_]{1,20}", value["code"]) is not None
    )


def _is_fork(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"first", "chain"}
        and is_count(value["first"])
        and isinstance(value["chain"], str)
        and re.fullmatch(r"[a-z0-9]{8}~[0-9a-f]{8}", value["chain"]) is not None
    )
