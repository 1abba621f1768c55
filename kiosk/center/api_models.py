"""What devices send and are answered, in exact forms, with the examples that the documentation shows."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

LARGEST = 2**53 - 1
"""The largest whole number that every reader of JSON holds exactly."""

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="64 hex digits")]
Signature = Annotated[str, Field(pattern=r"^[0-9a-f]{128}$", description="Ed25519, 128 hex digits")]
Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", description="32 hex digits")]
Chain = Annotated[str, Field(pattern=r"^[a-z0-9]{8}$")]
Label = Annotated[
    str,
    Field(pattern=r"^[a-z0-9]{8}(~[0-9a-f]{8})?$", description="a chain, or the tail of one that forked"),
]
Version = Annotated[str, Field(pattern=r"^[0-9A-Za-z.+-]{1,40}$", description="of the kiosk")]
Count = Annotated[int, Field(ge=0, le=LARGEST)]
Seq = Annotated[int, Field(ge=1, le=LARGEST)]
Site = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$")]
Clock = Annotated[str, Field(pattern=r"^[0-9a-f]{12}-[0-9a-f]{4}$")]
Time = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]

_KEY = "5f" * 32
_LANES = [{"letter": "B", "first": 100, "last": 499}]
_NUMBERS = [{"letter": "B", "first": 200, "last": 299}]
_NOW = "2026-11-23T16:41:00.000Z"


class _Form(BaseModel):
    """Nothing is converted, and nothing is passed over."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _example(**values: Any) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [values]})


class Numbers(_Form):
    """Ticket numbers of a lane, both ends included."""

    model_config = _example(**_NUMBERS[0])
    letter: Annotated[str, Field(pattern=r"^[A-Z]$")]
    first: Annotated[int, Field(ge=0, le=999)]
    last: Annotated[int, Field(ge=0, le=999)]


Lanes = Annotated[list[Numbers], Field(max_length=26, description="what the machine's catalogue allows")]


class Greeting(_Form):
    """Which center this is."""

    model_config = _example(
        name="kiosks.example.gov", key=_KEY, box="a1" * 32, version="1.0.0", time=_NOW, epoch="0f" * 8
    )
    name: str
    key: Annotated[Hash, Field(description="what the center signs with (Ed25519)")]
    box: Annotated[Hash, Field(description="what batches on a stick are sealed to (X25519)")]
    version: str
    time: Time
    epoch: Annotated[str, Field(description="another one after the center was put back from a backup")]


class Enrolment(_Form):
    """A machine that wants to belong to a site."""

    model_config = _example(
        code="ABCD-EFGH",
        chain="k3v9x2ma",
        key=_KEY,
        follows="",
        lanes=_LANES,
        version="1.0.0",
        proof="9c" * 64,
    )
    code: Annotated[str, Field(pattern=r"^[0-9A-Za-z -]{8,20}$", description="as staff read it out")]
    chain: Chain
    key: Hash
    follows: Annotated[
        str,
        Field(
            pattern=r"^([a-z0-9]{8}~[0-9a-f]{8})?$",
            description="the tail that the chain goes on from, if its machine once turned out to be a copy",
        ),
    ]
    lanes: Lanes
    version: Version
    proof: Annotated[Signature, Field(description="by `key`, of the canonical JSON of the rest")]


class Successor(_Form):
    """The new chain of a machine whose journal forked: its disk was copied, or a backup put back."""

    model_config = _example(
        chain="m8qf20zt",
        key=_KEY,
        follows="k3v9x2ma~0123abcd",
        last=1042,
        hash="77" * 32,
        lanes=_LANES,
        version="1.0.0",
        proof="9c" * 64,
        proof_new="3d" * 64,
    )
    chain: Chain
    key: Hash
    follows: Annotated[Label, Field(description="the tail that the new chain goes on from")]
    last: Annotated[Seq, Field(description="of the tail")]
    hash: Annotated[Hash, Field(description="of that event")]
    lanes: Lanes
    version: Version
    proof: Annotated[
        Signature, Field(description="by the old key, of the canonical JSON without both proofs")
    ]
    proof_new: Annotated[Signature, Field(description="by `key`, of the same")]


class Member(_Form):
    """A device's place; the token is told this once."""

    model_config = _example(
        device="4b" * 16,
        token="k9yq0q1kz4mC2jvX0m4B5uJ2Q0F3s8lXn2vB6t7wYzA",
        site="city-hall",
        title="City Hall",
        key=_KEY,
        box="a1" * 32,
        numbers=_NUMBERS,
    )
    device: Id
    token: str
    site: Site
    title: str
    key: Hash
    box: Hash
    numbers: list[Numbers]


class Place(_Form):
    """An event of a chain."""

    seq: Count
    hash: Hash


class Reached(_Form):
    """How far a chain has come here."""

    model_config = _example(
        chain="k3v9x2ma",
        last=1042,
        hash="77" * 32,
        highest=1042,
        at={"seq": 1000, "hash": "12" * 32},
        epoch="0f" * 8,
    )
    chain: Label
    last: Annotated[Count, Field(description="everything up to this one is here")]
    hash: Annotated[Hash, Field(description="of event `last`; 64 zeros before the first")]
    highest: Annotated[Count, Field(description="of all that is here")]
    at: Annotated[Place | None, Field(description="the event that was asked for, null when it is not here")]
    epoch: str


class Rejected(_Form):
    """An event that lies in quarantine, and why."""

    seq: Count
    code: str


class Fork(_Form):
    """From event `first` on the batch is another past; it is kept as `chain`."""

    first: Count
    chain: Label


class Receipt(_Form):
    """What became of a batch; delivered means that signature, batch, hash and range are right."""

    model_config = _example(
        accepted=42,
        at=_NOW,
        batch_id="k3v9x2ma-1001-1042",
        chain="k3v9x2ma",
        duplicate=0,
        first=1001,
        forked=None,
        key=_KEY,
        last=1042,
        rejected=[],
        sha256="77" * 32,
        signature="9c" * 64,
    )
    accepted: Count
    at: Time
    batch_id: str
    chain: Label
    duplicate: Count
    first: Seq
    forked: Fork | None
    key: Hash
    last: Seq
    rejected: list[Rejected]
    sha256: Hash
    signature: Signature


class Labelled(_Form):
    """An event as it was sealed, under the chain that it is kept as."""

    chain: Label
    event: dict[str, Any]
    hash: Hash


class FeedPage(_Form):
    """What was recorded at the site since a position, in the order in which the center took it."""

    model_config = _example(
        after=7,
        events=[
            {
                "chain": "k3v9x2ma",
                "event": {
                    "at": _NOW,
                    "body": {"counter": "2", "staff": "s3", "ticket": "1f" * 16},
                    "chain": "k3v9x2ma",
                    "clock": "019ab0e1c2d3-0000",
                    "day": "2026-11-23",
                    "id": "0b0e3a52-6a0e-4c3e-9f0a-6f1d8f0f1a11",
                    "kind": "ticket.called",
                    "seq": 1042,
                    "site": "city-hall",
                    "v": 1,
                },
                "hash": "77" * 32,
            }
        ],
        next=8,
        site="city-hall",
    )
    after: Count
    events: list[Labelled]
    next: Count
    site: Site


class ClaimAsked(_Form):
    """A counter wants to call a ticket."""

    model_config = _example(command="0b0e3a52-6a0e-4c3e-9f0a-6f1d8f0f1a11", ticket="1f" * 16, counter="2")
    command: Annotated[
        str,
        Field(
            pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
            description="the id of the event that the call will be; asked again the answer is the same",
        ),
    ]
    ticket: Id
    counter: Annotated[str, Field(pattern=r"^[^\x00-\x1f]{1,12}$")]


class ClaimAnswered(_Form):
    """Whether the counter may call; `clock` is to be merged before the call is written."""

    model_config = _example(granted=True, counter="2", clock="019ab0e1c2d3-0001")
    granted: bool
    counter: Annotated[str, Field(description='who has the ticket, "" for nobody')]
    clock: Clock


class Problem(_Form):
    """Why something was not done."""

    model_config = _example(
        code="token", what="no device has this token", next="Enrol this machine again: kiosk enroll URL CODE."
    )
    code: Annotated[str, Field(description="a word for programs")]
    what: Annotated[str, Field(description="what happened")]
    next: Annotated[str, Field(description="what to do about it")]
