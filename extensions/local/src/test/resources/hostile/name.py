"""Calls a web server and prints its answers.

Arguments: http, https or websocket; the address; the TLS server name, or -; the Host header, or two for the two requests: a,b.
"""
import socket, ssl, sys

how, address, server_name, host = sys.argv[1:5]
s = socket.create_connection((address, 443 if how == "https" else 80), 10)
s.settimeout(10)
if how == "https":
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    s = context.wrap_socket(s, server_hostname=None if server_name == "-" else server_name)
more = "Connection: Upgrade\r\nUpgrade: websocket\r\n" if how == "websocket" else ""
for path in ("one", "two"):
    s.sendall(f"GET /{path} HTTP/1.1\r\nHost: {host.split(',')[-1 if path == 'two' else 0]}\r\n{more}\r\n".encode())
    answer = s.recv(65536).decode()
    print(answer.splitlines()[0], answer.splitlines()[-1])
    if how == "websocket":
        s.sendall(b"frame")
        print(s.recv(100).decode())
        break
