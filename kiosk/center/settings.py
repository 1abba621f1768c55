"""How a center is reached and served; what it shows and counts is set in its folder's kiosk.toml."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Serving:
    """Where a center listens.

    `proxies` are the addresses, separated by commas, whose word is believed about a client's own address
    (X-Forwarded-For): that of the proxy in front of it, `127.0.0.1` when that runs on the same machine.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    proxies: str = "127.0.0.1"

    @property
    def address(self) -> str:
        """Where it is reached as long as no other address was given."""
        return f"http://{self.host}:{self.port}"
