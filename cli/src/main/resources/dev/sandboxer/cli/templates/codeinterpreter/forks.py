"""Starts Python kernels as forks of a process that has loaded all modules, in a tenth of the time of a new process."""

import ctypes
import gc
import json
import os
import signal
import socket
import sys

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15
MESSAGE_LIMIT = 1 << 16  # bytes


class Forks:
    """The process that is forked. It has one thread and no event loop, and ends when its client ends."""

    def __init__(self):
        import kernel  # loads all modules that take long

        self._kernel = kernel
        self._libc = ctypes.CDLL(None)
        gc.freeze()  # keeps the memory shared with the forks

    def start(self, file, cwd):
        """Starts a kernel. Returns its pid, and a descriptor for what it prints outside of executions."""
        source, sink = os.pipe()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            try:
                self._prepare(parent, cwd, sink)
                self._kernel.run(file)
                sys.exit()
            except OSError as error:
                sys.exit(f"{error}")
        os.close(sink)
        return pid, source

    def client(self, begin):
        """Forks a process that runs `begin` with a `ForksClient`, serves it until it ends, and returns its exit status."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            ours.close()
            self._set_up_fork(b"gateway", parent)
            sys.exit(begin(ForksClient(theirs)))
        theirs.close()
        while request := ours.recv(MESSAGE_LIMIT):
            answer, files = self._answer(**json.loads(request))
            socket.send_fds(ours, [json.dumps(answer).encode()], files)
            for file in files:
                os.close(file)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def _answer(self, file=None, cwd=None, ended=None):
        if ended is not None:
            return os.waitstatus_to_exitcode(os.waitpid(ended, 0)[1]), []
        try:
            pid, source = self.start(file, cwd)
            return pid, [source]
        except OSError as error:
            return str(error), []

    def _prepare(self, parent, cwd, sink):
        self._set_up_fork(b"kernel", parent)
        os.setsid()
        os.chdir(cwd)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))

    def _set_up_fork(self, name, parent):
        """Names this fork and makes it end with its parent."""
        gc.enable()
        self._libc.prctl(PR_SET_NAME, name)
        self._libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit()


class ForksClient:
    """Sends requests to the process that is forked, which answers at once."""

    def __init__(self, connection):
        self._connection = connection

    def start(self, file, cwd):
        """Like `Forks.start`. Raises OSError."""
        answer, files = self._ask(file=file, cwd=cwd)
        if not files:
            raise OSError(answer)
        return answer, files[0]

    def reap(self, pid):
        """Reaps a kernel that has ended and returns its exit status; negative: the signal that ended it."""
        return self._ask(ended=pid)[0]

    def _ask(self, **request):
        self._connection.sendall(json.dumps(request).encode())
        answer, files, _, _ = socket.recv_fds(self._connection, MESSAGE_LIMIT, 1)
        if not answer:
            raise OSError("the process that starts kernels has ended")
        return json.loads(answer), files
