package dev.sandboxer.extension.tck;

/** Python programs that the kit runs inside sandboxes. */
final class Scripts {
    static final String ECHO_SERVER = """
            import socket, sys, threading

            def serve(peer):
                with peer:
                    while data := peer.recv(65536):
                        peer.sendall(data)

            server = socket.socket()
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind(("127.0.0.1", int(sys.argv[1])))
            server.listen(128)
            print("listening", flush=True)
            while True:
                threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
            """;

    static final String HTTP_SERVER = """
            import sys
            from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

            class Echo(BaseHTTPRequestHandler):
                def answer(self):
                    body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                    said = f"{self.command} {self.path} ".encode() + body
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(said)))
                    self.end_headers()
                    self.wfile.write(said)

                do_GET = do_POST = answer

                def log_message(self, *_):
                    pass

            server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Echo)
            print("listening", flush=True)
            server.serve_forever()
            """;

    static final String CONNECT = """
            import socket, sys
            socket.create_connection((sys.argv[1], int(sys.argv[2])), 3).close()
            """;

    private Scripts() {}
}
