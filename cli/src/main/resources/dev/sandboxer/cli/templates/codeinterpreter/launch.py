"""The processes of kernels."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile

CHANNELS = ("shell", "iopub", "stdin", "control", "hb")

# If memory runs out, the system should kill a kernel rather than this process or a command of the user.
OOM_SCORE = "500"


class Process:
    """A kernel's process, and the data for connecting to it. The constructor raises OSError."""

    _directory = None  # for all connection files and sockets
    _count = 0

    def __init__(self, transport):
        self.transport = transport
        self.key = secrets.token_hex(32)
        self.file, self.address, self.ports = self._place()
        self._write_connection_file()
        self._reaped = False
        try:
            self.pid, self.output = self._start()
        except OSError:
            self.remove_files()
            raise
        self.pidfd = os.pidfd_open(self.pid)
        try:
            with open(f"/proc/{self.pid}/oom_score_adj", "w") as score:
                score.write(OOM_SCORE)
        except OSError:
            pass  # the process has ended, or there is no /proc

    def url(self, channel):
        separator = "-" if self.transport == "ipc" else ":"
        return f"{self.transport}://{self.address}{separator}{self.ports[channel]}"

    def signal(self, number):
        """Signals the kernel and its children. Does nothing once the kernel is reaped."""
        if not self._reaped:
            for signal in (os.killpg, os.kill):  # a fork may not lead its group yet
                try:
                    return signal(self.pid, number)
                except OSError:
                    pass

    def reap(self):
        """Reaps the process after its end and returns its exit status; negative: the signal that ended it."""
        status = self._reap()
        self._reaped = True
        os.close(self.output)
        os.close(self.pidfd)
        self.remove_files()
        return status

    def remove_files(self):
        paths = [self.file]
        if self.transport == "ipc":
            paths += [f"{self.address}-{port}" for port in self.ports.values()]
        for path in paths:
            try:
                os.unlink(path)
            except OSError:
                pass

    def _place(self):
        if Process._directory is None:
            Process._directory = tempfile.mkdtemp(prefix="kernels-")
        Process._count += 1
        path = os.path.join(Process._directory, str(Process._count))
        if self.transport == "ipc":
            return f"{path}.json", path, {channel: i for i, channel in enumerate(CHANNELS, 1)}
        return f"{path}.json", "127.0.0.1", free_ports()

    def _write_connection_file(self):
        content = {
            "transport": self.transport,
            "ip": self.address,
            "key": self.key,
            "signature_scheme": "hmac-sha256",
            "kernel_name": "",
            **{f"{channel}_port": port for channel, port in self.ports.items()},
        }
        with open(os.open(self.file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            json.dump(content, file)


class Fork(Process):
    """A Python kernel, which is a fork."""

    def __init__(self, forks, cwd):
        self.forks = forks
        self._cwd = cwd
        super().__init__("ipc")

    def _start(self):
        return self.forks.start(self.file, self._cwd)

    def _reap(self):
        return self.forks.reap(self.pid)


class Command(Process):
    """A kernel of another language."""

    def __init__(self, argv, cwd, env):
        self._argv = argv
        self._cwd = cwd
        self._env = {**os.environ, **env}
        super().__init__("tcp")  # some kernels don't support Unix sockets

    def _start(self):
        words = [word.replace("{connection_file}", self.file) for word in self._argv]
        setpriv = shutil.which("setpriv")
        if setpriv:  # a kernel must not outlive this process
            words = [setpriv, "--pdeathsig", "KILL", "--", *words]
        source, sink = os.pipe()
        try:
            self._popen = subprocess.Popen(
                words,
                cwd=self._cwd,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )
        except BaseException:
            os.close(source)
            raise
        finally:
            os.close(sink)
        return self._popen.pid, source

    def _reap(self):
        return self._popen.wait()


def free_ports():
    """Returns a free TCP port for each channel."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in CHANNELS]
    try:
        return {channel: s.getsockname()[1] for channel, s in zip(CHANNELS, sockets)}
    finally:
        for s in sockets:
            s.close()
