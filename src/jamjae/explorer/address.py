"""Where the server listens, and what it may be called."""

import errno
import socket

from ..core.errors import UsageError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("0.0.0.0", "::")


def listen(host: str, port: int) -> list[socket.socket]:
    """Sockets that wait for connections at `host` and `port` (0: a free one); `localhost` has two addresses.

    Raises:
        UsageError: Where the port is taken or forbidden, or the host is none of this machine's.
    """
    if not 0 <= port < 65536:
        raise UsageError(f"`port` must be between 0 and 65535; got {port}. Leave it out for a free one.")
    if host != "localhost":
        return [bound(host, port)]
    sockets = [bound("127.0.0.1", port)]
    if socket.has_dualstack_ipv6():
        sockets.append(bound("::1", sockets[0].getsockname()[1]))
    return sockets


def bound(host: str, port: int) -> socket.socket:
    """One socket."""
    foreign = UsageError(f"`host` must be an address of this machine; got {host!r}. Leave --host out.")
    if not host:  # sockets take it for all addresses
        raise foreign
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except UnicodeError:  # no name can have this form
        raise foreign from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UsageError(f"port {port} is taken. Choose another with --port, or leave --port out.") from None
        if error.errno == errno.EACCES:
            raise UsageError(f"port {port} is for the system. Choose one above 1023 with --port.") from None
        raise foreign from None


def names(host: str, port: int) -> set[str]:
    """What requests may call the server: this machine's own names, and the one that was asked for."""
    called = {*map(bracketed, LOOPBACK), reached(host)}
    return {f"{name}:{port}" for name in called} | (called if port == 80 else set())  # browsers leave 80 out


def reached(host: str) -> str:
    """The name to open; addresses that stand for all addresses are opened by the machine's name."""
    return bracketed(host) if host not in EVERYWHERE else socket.gethostname().lower()


def bracketed(host: str) -> str:
    """An address as URLs have it."""
    return f"[{host}]" if ":" in host else host
