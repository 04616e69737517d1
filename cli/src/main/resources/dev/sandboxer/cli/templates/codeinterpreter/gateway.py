"""The code interpreter's HTTP server: `POST /execute` and `/contexts`, as the official SDKs call them.

    gateway.py [--port 49999] [--check]

`--check` starts a kernel, reports what is missing, and exits. This process forks itself to start the Python kernels and the server.
"""

import argparse
import gc
import importlib.util
import os
import socket
import sys

PORT = 49999
NEEDED = ("ipykernel", "jupyter_client", "tornado", "zmq")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--check", action="store_true", help="start a kernel, report what is missing, and exit")
    return parser.parse_args()


def main():
    options = arguments()
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        sys.exit(f"gateway: missing {', '.join(missing)}; on Debian: apt-get install python3-ipykernel")
    home = os.path.expanduser("~")
    cwd = home if os.path.isdir(home) else "/"
    # From here on connections wait in the queue while the rest of this program is loaded.
    listener = None if options.check else socket.create_server(("0.0.0.0", options.port), backlog=128)
    gc.disable()  # loading makes no garbage worth collecting
    from forks import Forks
    from launch import Fork

    forks = Forks()
    first = Fork(forks, cwd)

    def begin(client):
        first.forks = client
        if options.check:
            from connection import check

            return check(first)
        from server import serve

        listener.setblocking(False)
        return serve(listener, cwd, client, first)

    sys.exit(forks.client(begin))


if __name__ == "__main__":
    main()
