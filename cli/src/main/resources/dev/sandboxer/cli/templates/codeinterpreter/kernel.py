"""The Python kernel: ipykernel, with output that waits for a slow reader instead of being lost."""

import codecs
import os
import sys
import threading
import types

# Modules for debuggers, completion and terminals. Loading them would double the time that a kernel takes to start.
UNUSED = ("debugpy", "jedi", "IPython.terminal.embed")


def embed(**options):
    from IPython.terminal.embed import embed

    embed(**options)


sys.modules.update(dict.fromkeys(UNUSED))
sys.modules["IPython.terminal.embed"] = types.SimpleNamespace(embed=embed)
import zmq
from ipykernel.iostream import OutStream
from ipykernel.kernelapp import IPKernelApp
from IPython.core.formatters import BaseFormatter
from traitlets import ObjectName, Unicode

for name in UNUSED:
    del sys.modules[name]  # an import by the user's code loads the real one

HERE = os.path.dirname(os.path.abspath(__file__))
PIECE = 1 << 20  # characters in a message, roughly
UNREAD_MESSAGES = 16
DATA_CELLS = 200_000  # larger tables are not sent as data


class Output(OutStream):
    """Standard output and error in pieces of limited size. A write waits if the client reads too slowly."""

    flush_timeout = None
    _unsent = 0

    def _setup_stream_redirects(self, name):
        self._mark = b"\0" + os.urandom(16)
        self._mark_seen = threading.Event()
        self._marking = threading.Lock()
        super()._setup_stream_redirects(name)
        self._sink = os.dup(getattr(sys, name).fileno())

    def write(self, text):
        if not isinstance(text, str) or len(text) <= PIECE:
            return self._write_piece(text)
        for start in range(0, len(text), PIECE):
            self._write_piece(text[start : start + PIECE])
        return len(text)

    def _write_piece(self, text):
        written = super().write(text)
        self._unsent += len(text)
        if self._unsent >= PIECE:
            self._unsent = 0
            self.flush()
        return written

    def flush(self):
        self._await_commands_output()
        super().flush()

    def _await_commands_output(self):
        """Waits until everything that commands have written so far is copied. ipykernel's flush doesn't, so a cell could end first."""
        reader = getattr(self, "watch_fd_thread", None)
        if reader is None or not reader.is_alive() or not self._is_master_process():
            return
        if threading.current_thread() in (reader, self.pub_thread.thread):
            return  # the reader would wait for itself
        with self._marking:
            self._mark_seen.clear()
            os.write(self._sink, self._mark)
            while not self._mark_seen.wait(1) and reader.is_alive():
                pass  # a client reads slowly

    def _watch_pipe_fd(self):
        """Copies what commands and libraries write to the descriptor itself. ipykernel's method stops at split or invalid UTF-8."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        data = b""
        while self._should_watch:
            more = os.read(self._fid, 1 << 16)
            if not more:
                return
            *parts, data = (data + more).split(self._mark)
            for part in parts:
                self._copy(decoder.decode(part))
                self._mark_seen.set()
            begun = next((n for n in range(min(len(data), len(self._mark)), 0, -1) if self._mark.startswith(data[-n:])), 0)
            self._copy(decoder.decode(data[: len(data) - begun]))
            data = data[len(data) - begun :]

    def _copy(self, text):
        if text:
            self.write(text)


class Kernel(IPKernelApp):
    outstream_class = "code_interpreter_kernel.Output"

    def _bind_socket(self, s, port):
        if s.socket_type == zmq.PUB:
            s.sndhwm = UNREAD_MESSAGES
            s.setsockopt(zmq.XPUB_NODROP, 1)
        return super()._bind_socket(s, port)

    def init_shell(self):
        super().init_shell()
        formatter = TableFormatter(parent=self.shell.display_formatter)
        formatter.for_type_by_name("pandas.core.frame", "DataFrame", columns_of)
        self.shell.display_formatter.formatters["e2b/data"] = formatter


class TableFormatter(BaseFormatter):
    """Formats a pandas table as columns of values, in addition to its text and HTML."""

    format_type = Unicode("e2b/data")
    print_method = ObjectName("_repr_e2b_data_")
    _return_type = dict


def columns_of(frame):
    import json

    if frame.size > DATA_CELLS:
        return None
    values = (frame.iloc[:, i].to_json(orient="values", date_format="iso") for i in range(frame.shape[1]))
    return {str(name): json.loads(column) for name, column in zip(frame.columns, values)}


def run(connection_file):
    """Runs a kernel in this process until it is told to exit."""
    sys.modules["code_interpreter_kernel"] = sys.modules[__name__]
    hide_own_modules()
    sys.argv = [os.path.join(HERE, "kernel.py"), "-f", connection_file]
    Kernel.launch_instance(["--InteractiveShell.colors=NoColor", "--HistoryManager.enabled=False", *sys.argv[1:]])


def hide_own_modules():
    """Removes the modules beside this file, which would hide the user's modules of the same names."""
    sys.path[:] = [path for path in sys.path if path != HERE]
    for name in os.listdir(HERE):
        sys.modules.pop(name.removesuffix(".py"), None)
