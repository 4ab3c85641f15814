"""Who asks, as far as shares are told apart."""

import ipaddress

from starlette.types import Scope

IPV6_NETWORK = 64  # bits; a customer has all addresses below


def client_of(scope: Scope) -> str:
    """The address, or for IPv6 the network that one customer has; "" where there is none, as of a local socket."""
    host = (scope.get("client") or ("",))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address.packed, IPV6_NETWORK), strict=False))
