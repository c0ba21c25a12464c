"""Links: the checks and the canonical form that TDLib's LinkManager applies to URLs of buttons and text."""

import re
from dataclasses import dataclass

_USER_LINK = re.compile(r"tg:(?://)?user\?id=(\d+)$", re.IGNORECASE)
_SCHEME = re.compile(r"([^:/?#]*)://")
_HOST = re.compile(r"[a-z0-9.\-_!$,~*'();&+=\u0080-\U0010ffff]*")
_MAX_PORT = 65535


class LinkError(ValueError):
    """Reject a link; the message is the real server's reason."""


@dataclass(frozen=True, slots=True)
class Url:
    """The parts of a parsed URL."""

    scheme: str
    userinfo: str
    host: str
    port: int
    query: str

    def __str__(self) -> str:
        """Return the canonical form."""
        userinfo = f"{self.userinfo}@" if self.userinfo else ""
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{userinfo}{self.host}{port}{self.query}"


def parse_url(link: str, default_scheme: str = "http") -> Url:
    """Split a URL into its parts, refusing what TDLib's parse_url refuses."""
    scheme, rest = default_scheme, link
    match = _SCHEME.match(link)
    if match:
        scheme, rest = match.group(1).lower(), link[match.end() :]
        if scheme not in ("http", "https"):
            raise LinkError("Unsupported URL protocol")
    cut = re.search(r"[/?#]", rest)
    authority, query = (rest[: cut.start()], rest[cut.start() :]) if cut else (rest, "")
    userinfo, _, host_port = authority.rpartition("@")
    host, colon, port_text = host_port.partition(":")
    port = int(port_text) if port_text.isascii() and port_text.isdigit() else 0
    if colon and not 0 < port <= _MAX_PORT:
        raise LinkError("Wrong port number specified in the URL")
    host = host.lower()
    if not host:
        raise LinkError("URL host is empty")
    if not _HOST.fullmatch(host):
        raise LinkError("Disallowed character in URL host")
    query = "".join(char if char > " " else f"%{ord(char):02X}" for char in query)
    return Url(scheme, userinfo, host, port, query if query.startswith("/") else f"/{query}")


def check_link(link: str, *, https_only: bool = False) -> str:
    """Return the canonical form of a link or raise LinkError with the text of the real server."""
    try:
        return _check_link(link, https_only)
    except LinkError as error:
        raise LinkError(f"URL '{link}' is invalid: {error}") from error


def checked_link(link: str) -> str:
    """Return the canonical form of a link, or nothing if it is invalid."""
    try:
        return _check_link(link, https_only=False)
    except LinkError:
        return ""


def link_user_id(link: str) -> int:
    """Return the user a tg://user?id= link leads to, or 0 for any other link."""
    match = _USER_LINK.match(link)
    return int(match.group(1)) if match else 0


def _check_link(link: str, https_only: bool) -> str:
    """Check a link without naming it in the error."""
    for scheme in ("tg", "ton"):
        if link.lower().startswith(f"{scheme}:"):
            if https_only:
                raise LinkError("Only HTTPS links are allowed")
            return _check_internal_link(link[len(scheme) + 1 :].removeprefix("//"), scheme)
    url = parse_url(link)
    if https_only and url.scheme != "https":
        raise LinkError("Only HTTPS links are allowed")
    if "." not in url.host:
        raise LinkError("Wrong HTTP URL")
    return str(url)


def _check_internal_link(rest: str, scheme: str) -> str:
    """Check a tg: or ton: link."""
    url = parse_url(rest)
    if rest.lower().startswith("http") or url.userinfo or url.port:
        raise LinkError(f"Wrong {scheme} URL")
    if not re.fullmatch(r"[a-z0-9\-_]*", url.host):
        raise LinkError("Unallowed characters in URL host")
    query = url.query[1:] if url.query.startswith("/?") else url.query
    return f"{scheme}://{url.host}{query}"
