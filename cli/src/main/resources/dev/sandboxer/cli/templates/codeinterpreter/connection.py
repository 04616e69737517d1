"""A running kernel: its process, and the sockets connected to it."""

import asyncio
import os
import signal

import zmq
import zmq.asyncio
from jupyter_client.session import Session

import messages
from backlog import Backlog

START_LIMIT = 120  # seconds; a start takes half a second, but much longer on a busy machine
INTERRUPT_LIMIT = 5  # seconds until a kernel is interrupted again, and then killed
IDLE_LIMIT = 10  # seconds without output after the reply; then the end of the output counts as lost
PROCESS_OUTPUT_LIMIT = 4096  # bytes of the process's own output that are kept for error messages


class KernelFailed(Exception):
    """A kernel did not start."""


class Kernel:
    """A kernel process from start to end. The future `ended` gets the name of an error and the reason when the process ends."""

    def __init__(self, process, context, interrupted_by_message=False):
        loop = asyncio.get_running_loop()
        self.ended = loop.create_future()
        self._killed = None  # the name and reason for `ended`, if we killed it
        self._interrupted_by_message = interrupted_by_message
        self._process = process
        self._process_output = b""
        self._run = None
        self._session = Session(key=process.key.encode(), signature_scheme="hmac-sha256")
        self._sockets = []
        self._shell = self._connect(context, zmq.DEALER, "shell")
        self._control = self._connect(context, zmq.DEALER, "control")
        self._iopub = self._connect(context, zmq.SUB, "iopub")
        self._backlog = Backlog(self._iopub, process) if process.transport == "tcp" else None
        self._reader = asyncio.create_task(self._read_output())
        os.set_blocking(process.output, False)
        loop.add_reader(process.output, self._read_process_output)
        loop.add_reader(process.pidfd, self._on_exit)

    async def ready(self):
        """Waits until the kernel answers and we receive its output. Raises KernelFailed."""
        try:
            await asyncio.wait_for(self._answering(), START_LIMIT)
        except asyncio.TimeoutError:
            raise KernelFailed(f"the kernel did not start within {START_LIMIT} s\n{self.process_output}".rstrip()) from None

    async def _answering(self):
        while True:
            request = self._session.msg("kernel_info_request", {})
            run = self._run = messages.Run(request["header"]["msg_id"])
            await self._send(self._shell, request)
            answer = asyncio.ensure_future(self._reply(run))
            await asyncio.wait([answer, self.ended], return_when=asyncio.FIRST_COMPLETED)
            answer.cancel()
            if self.ended.done():
                raise KernelFailed(f"the kernel did not start: it {self.ended.result()[1]}\n{self.process_output}".rstrip())
            await asyncio.wait([run.idle], timeout=0.2)
            if run.idle.done():
                return
            # Output sent before our subscription took effect is lost, so ask again.

    async def execute(self, code, emit, silent=False):
        """Runs code to its end and passes each line of output to `emit`. If cancelled, interrupts the code first."""
        request = self._session.msg("execute_request", messages.execute_request(code, silent))
        run = self._run = messages.Run(request["header"]["msg_id"], emit)
        finished = asyncio.ensure_future(self._finish(request, run))
        try:
            await asyncio.wait([finished, self.ended], return_when=asyncio.FIRST_COMPLETED)
            if not finished.done():
                await asyncio.sleep(0.1)  # for its last output
        except asyncio.CancelledError:
            run.emit = None
            await self._interrupt(finished)
            raise
        finally:
            finished.cancel()
            self._run = None
        return run

    def kill(self, name, reason):
        self._killed = self._killed or (name, reason)
        self._process.signal(signal.SIGKILL)

    @property
    def process_output(self):
        return self._process_output.decode(errors="replace").strip()

    async def _finish(self, request, run):
        await self._send(self._shell, request)
        await self._reply(run)
        handled = None
        while not run.idle.done() and (run.is_emitting or run.handled != handled):
            handled = run.handled
            await asyncio.wait([run.idle], timeout=IDLE_LIMIT)

    async def _interrupt(self, finished):
        if self._backlog is not None:
            self._backlog.resume()
        for _ in range(2):
            if self._interrupted_by_message:
                await self._send(self._control, self._session.msg("interrupt_request", {}))
            else:
                self._process.signal(signal.SIGINT)
            done, _ = await asyncio.wait({finished, self.ended}, timeout=INTERRUPT_LIMIT, return_when=asyncio.FIRST_COMPLETED)
            if done:
                return
        self.kill("KernelDied", "was ended because it did not stop when interrupted")
        await asyncio.wait([self.ended])

    async def _reply(self, run):
        while not run.replied.done():
            await run.reply(self._receive(await self._shell.recv_multipart()))

    async def _read_output(self):
        take = self._iopub.recv_multipart if self._backlog is None else self._backlog.take
        while True:
            frames = await take()
            run = self._run
            if run is not None:
                size = sum(map(len, frames))
                await run.output(self._receive(frames), size)

    def _receive(self, frames):
        return self._session.deserialize(self._session.feed_identities(frames)[1])

    async def _send(self, socket, message):
        await socket.send_multipart(self._session.serialize(message))

    def _connect(self, context, kind, channel):
        connected = context.socket(kind)
        connected.linger = 0
        if kind == zmq.SUB:
            if self._process.transport == "ipc":
                connected.rcvhwm = 16  # our own kernel then waits; others have a backlog
            connected.subscribe(b"")
        connected.connect(self._process.url(channel))
        self._sockets.append(connected)
        return connected

    def _read_process_output(self):
        try:
            data = os.read(self._process.output, 1 << 16)
        except OSError:
            return
        if not data:
            asyncio.get_running_loop().remove_reader(self._process.output)
        self._process_output = (self._process_output + data)[-PROCESS_OUTPUT_LIMIT:]

    def _on_exit(self):
        loop = asyncio.get_running_loop()
        self._read_process_output()
        loop.remove_reader(self._process.output)
        loop.remove_reader(self._process.pidfd)
        self._process.signal(signal.SIGKILL)  # kills its children
        reason = messages.reason_of_end(self._process.reap())
        self.ended.set_result(self._killed or ("KernelDied", reason))
        loop.call_later(1, self._close)  # after its last output was read

    def _close(self):
        self._reader.cancel()
        if self._backlog is not None:
            self._backlog.close()
        for connected in self._sockets:
            connected.close()


def check(process):
    """Waits until a kernel answers, and ends it. Returns an error message, or None."""

    async def answer():
        kernel = Kernel(process, zmq.asyncio.Context())
        await kernel.ready()
        kernel.kill("Checked", "was ended")
        await kernel.ended

    try:
        asyncio.run(answer())
    except KernelFailed as failure:
        return f"gateway: {failure}"
    return None
