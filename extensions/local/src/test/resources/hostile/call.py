"""Makes network calls from inside a sandbox. Each argument is kind=address:port; prints a line with the result for each."""
import socket, sys, time

KINDS = {
    "tcp": (socket.AF_INET, socket.SOCK_STREAM, 0), "udp": (socket.AF_INET, socket.SOCK_DGRAM, 0),
    "tcp6": (socket.AF_INET6, socket.SOCK_STREAM, 0), "udp6": (socket.AF_INET6, socket.SOCK_DGRAM, 0),
    "ping": (socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP),
    "raw": (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW),
    "rawicmp": (socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
    "packet": (17, socket.SOCK_RAW, 0x300), "sctp": (socket.AF_INET, socket.SOCK_STREAM, 132),
    "mark": (socket.AF_INET, socket.SOCK_STREAM, 0), "spoof": (socket.AF_INET, socket.SOCK_DGRAM, 0),
    "big": (socket.AF_INET, socket.SOCK_DGRAM, 0), "bound": (socket.AF_INET, socket.SOCK_STREAM, 0),
}
PING = b"\x08\0\xf6\xfc\0\1\0\2"


def call(kind, address, port):
    s = socket.socket(*KINDS[kind])
    s.settimeout(4)
    if kind == "mark":
        s.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 43 << 2)
    if kind == "bound":  # uses that interface even for 127.0.0.1
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
    if kind == "spoof":
        s.setsockopt(socket.IPPROTO_IP, 15, 1)  # IP_FREEBIND
        s.bind(("198.18.0.9", 0))
    if kind in ("raw", "rawicmp", "packet"):
        return "opened"
    s.connect((address, port))
    if s.type == socket.SOCK_DGRAM:
        s.send(PING if kind == "ping" else b"x" * 20000 if kind == "big" else b"x")
    if port == 80:
        s.sendall(b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
    if port == 443 and s.type == socket.SOCK_STREAM:
        return "reached"
    return "reached" if s.recv(65536) else "closed"


for argument in sys.argv[1:]:
    kind, rest = argument.split("=")
    address, port = rest.rsplit(":", 1)
    try:
        print(argument, call(kind, address, int(port)))
    except OSError as e:
        print(argument, "refused", type(e).__name__, e)
