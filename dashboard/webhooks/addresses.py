"""Connections to public addresses only: resolved, checked and connected to in one step.

Whoever may enter a webhook must not make central talk to the machines of the port's own network. A name is
resolved once for each connection and the address that was checked is the one that is used, so a name that
changes its address in between reaches nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import httpcore

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]
"""(host, port) -> its addresses; raises OSError."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class ForbiddenAddressError(Exception):
    """The receiver is at an address of this machine or of a private network."""


def is_public(text: str) -> bool:
    """Whether `text` is an address of the public Internet, also inside an IPv6 form of an IPv4 address."""
    address = ipaddress.ip_address(text.split("%")[0])
    return all(one.is_global and not one.is_multicast for one in _meant(address))


def _meant(address: Address) -> Iterable[Address]:
    """The address, and the IPv4 addresses that it stands for."""
    yield address
    if isinstance(address, ipaddress.IPv6Address):
        teredo = address.teredo or ()
        inside = (address.ipv4_mapped, address.sixtofour, *teredo)
        yield from (one for one in inside if one is not None)
        if address in _NAT64:
            yield ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)


def resolve(host: str, port: int) -> list[str]:
    """By the system's resolver. Raises: OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class CheckedBackend(httpcore.NetworkBackend):
    """httpcore's own, but for the addresses: each must be public unless `allow_private`."""

    def __init__(self, allow_private: bool, resolver: Resolve = resolve) -> None:
        self._allow_private = allow_private
        self._resolve = resolver
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Raises: ForbiddenAddressError, httpcore.ConnectError."""
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"the name cannot be resolved: {error}") from error
        if not self._allow_private and not all(map(is_public, addresses)):
            raise ForbiddenAddressError("leads to an address that is not public")
        *others, last = addresses
        for address in others:
            with suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return self._plain.connect_tcp(address, port, timeout, local_address, socket_options)
        return self._plain.connect_tcp(last, port, timeout, local_address, socket_options)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Never."""
        raise ForbiddenAddressError("is no place in a network")

    def sleep(self, seconds: float) -> None:
        """Between httpcore's own tries, of which there are none."""
        self._plain.sleep(seconds)
