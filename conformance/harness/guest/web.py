"""A web server on 127.0.0.1 inside a sandbox. It can echo, stream and speak WebSocket."""
import base64
import hashlib
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GO_ON = threading.Event()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.headers.get("Upgrade", "").lower() == "websocket":
            self.websocket()
        elif self.path == "/events":
            self.events()
        elif self.path == "/go-on":
            GO_ON.set()
            self.answer(200, b"")
        elif self.path == "/large":
            self.answer(200, b"0123456789abcdef" * (20 << 16))
        else:
            self.echo()

    def do_POST(self):
        self.echo()

    do_PUT = do_DELETE = do_POST

    def echo(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length) if length else self.chunks()
        said = {"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body.decode()}
        self.answer(418 if self.path.startswith("/teapot") else 200, json.dumps(said).encode())

    def chunks(self):
        body = b""
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        return body

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-From", "inside")
        self.end_headers()
        self.wfile.write(body)

    def events(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"data: first\n\n")
        GO_ON.wait()
        self.wfile.write(b"data: second\n\n")
        self.close_connection = True

    def websocket(self):
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.end_headers()
        while frame := self.frame():
            opcode, payload = frame
            if opcode == 8:
                self.wfile.write(bytes([0x88, 0]))
                break
            payload = b"echo " + payload
            self.wfile.write(bytes([0x80 | opcode, len(payload)]) + payload)
        self.close_connection = True

    def frame(self):
        """Reads one short masked frame. Longer frames are not supported."""
        head = self.rfile.read(2)
        if len(head) < 2:
            return None
        mask = self.rfile.read(4)
        payload = self.rfile.read(head[1] & 0x7F)
        return head[0] & 0x0F, bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
print("ready", flush=True)
server.serve_forever()
