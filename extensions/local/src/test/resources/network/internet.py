"""An internet for tests, in a network namespace of its own. Prints "ready" once it serves, and exits when its stdin ends.

On all addresses: TCP 8080 and 53 send the address of both ends, then echo; UDP 9000 and 443 echo; TCP 80 is HTTP, and 443 HTTPS; UDP 53
is a DNS server for the names below.
"""
import os, socket, ssl, subprocess, sys, tempfile, threading

NAMES = {
    "example.com": ["1.1.1.1"], "www.example.com": ["1.1.1.1"], "neighbour.test": ["1.1.1.1"],
    "other.test": ["9.9.9.9"], "a.wild.test": ["9.9.9.9"], "b.a.wild.test": ["9.9.9.9"],
    "metadata.test": ["169.254.169.254"], "private.test": ["10.66.0.1"], "rebind.test": ["9.9.9.9", "10.66.0.1"],
}
asked = {}


def listen(kind, port):
    s = socket.socket(socket.AF_INET, kind)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("0.0.0.0", port))
    if kind == socket.SOCK_STREAM:
        s.listen(1000)
    return s


def accept(port, serve):
    s = listen(socket.SOCK_STREAM, port)

    def one(connection):
        try:
            serve(connection)
        except (OSError, ValueError):
            pass
        connection.close()

    while True:
        threading.Thread(target=one, args=(s.accept()[0],), daemon=True).start()


def echo(c):
    c.sendall(f"{c.getsockname()[0]} to {c.getpeername()[0]}\n".encode())
    while data := c.recv(1 << 20):
        c.sendall(data)


def http(c, server_name="-"):
    reader = c.makefile("rb")
    while line := reader.readline():
        path = line.split()[1].decode()
        headers = {}
        while (header := reader.readline().strip()):
            name, value = header.split(b":", 1)
            headers[name.strip().lower().decode()] = value.strip().decode()
        if headers.get("upgrade"):
            c.sendall(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
            while data := c.recv(65536):
                c.sendall(data)
            return
        if path.startswith("/bytes/"):
            size = int(path[7:])
            c.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode())
            block = bytes(1 << 20)
            while size > 0:
                size -= c.send(block[:size])
            continue
        reader.read(int(headers.get("content-length", 0)))
        text = f"{c.getsockname()[0]} host={headers.get('host')} sni={server_name} path={path}\n"
        c.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())


def https(context):
    names = {}
    context.sni_callback = lambda connection, name, _: names.__setitem__(id(connection), name)

    def serve(c):
        inside = context.wrap_socket(c, server_side=True)
        http(inside, names.pop(id(inside), None))

    return serve


def udp(port, answer):
    s = listen(socket.SOCK_DGRAM, port)
    s.setsockopt(socket.IPPROTO_IP, 8, 1)  # IP_PKTINFO: answer from the address that was asked
    while True:
        try:
            data, ancillary, _, client = s.recvmsg(65536, 256)
            reply = answer(data)
            if reply is not None:
                info = ancillary[0][2]
                s.sendmsg([reply], [(socket.IPPROTO_IP, 8, bytes(4) + info[4:8] + bytes(4))], 0, client)
        except (OSError, ValueError, IndexError):
            pass  # a hostile query or a client that is gone must not end the server


def dns(query):
    if len(query) < 17:
        return b"no question"
    at, labels = 12, []
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode().lower())
        at += query[at] + 1
    name, kind, question = ".".join(labels), query[at + 1:at + 3], query[12:at + 5]
    asked[name] = asked.get(name, 0) + 1
    known = NAMES.get(name)
    found = [known[(asked[name] - 1) % len(known)]] if known and kind == b"\0\1" else []
    head = query[:2] + (b"\x81\x80" if known else b"\x81\x83") + b"\0\1" + len(found).to_bytes(2, "big") + bytes(4)
    return head + question + b"".join(
        b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4" + socket.inet_aton(address) for address in found)


def certificate():
    with tempfile.TemporaryDirectory() as directory:
        key, cert = os.path.join(directory, "key"), os.path.join(directory, "cert")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert,
                        "-days", "30", "-subj", "/CN=test"], check=True, stderr=subprocess.DEVNULL)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        return context


def start(function, *arguments):
    threading.Thread(target=function, args=arguments, daemon=True).start()


for port in (53, 8080):
    start(accept, port, echo)
start(accept, 80, http)
start(accept, 443, https(certificate()))
start(udp, 53, dns)
for port in (443, 9000):
    start(udp, port, lambda data: b"echo " + data)
print("ready", flush=True)
sys.stdin.read()
