"""Check a kiosk's batch with nothing of the kiosk: python verify_batch.py FILE"""

import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

try:
    head, *lines, last, end = Path(sys.argv[1]).read_bytes().split(b"\n")
    header, signature = json.loads(head), bytes.fromhex(json.loads(last)["signature"])
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(header["key"])).verify(signature, head)
    events, texts = lines[: header["count"]], lines[header["count"] :]
    link = header["previous"]
    for line in events:
        link = hashlib.sha256(link.encode() + line).hexdigest()
    numbers = [(event["chain"], event["seq"]) for event in map(json.loads, events)]
    expected = [(header["chain"], seq) for seq in range(header["first"], header["last"] + 1)]
    hashes = [hashlib.sha256(b"".join(line + b"\n" for line in part)).hexdigest() for part in (events, texts)]
    found = [link, numbers, len(texts), *hashes, last + end]
    proof = b'{"signature":"%s"}' % signature.hex().encode()
    stated = [header["hash"], expected, header["texts"], header["sha256"], header["texts_sha256"], proof]
except (InvalidSignature, ValueError, KeyError, TypeError, OSError) as problem:
    sys.exit(f"problem: {problem!r}")
if found != stated:
    sys.exit("problem: the lines are not those that the header was signed for")
print(f"ok: {len(events)} events")
