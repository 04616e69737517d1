"""Buffers the output of kernels that drop what isn't read at once."""

import asyncio
import collections
import signal

LIMIT = 4 << 20  # bytes of output not yet taken


class Backlog:
    """Reads a kernel's output at once and keeps it until it is taken. Stops the kernel while the backlog is over its limit."""

    def __init__(self, socket, process):
        self._socket = socket
        self._process = process
        self._messages = collections.deque()
        self._size = 0
        self._stopped = False
        self._arrived = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    async def take(self):
        """Waits for the next message and returns its frames."""
        while not self._messages:
            self._arrived.clear()
            await self._arrived.wait()
        frames = self._messages.popleft()
        self._size -= sum(map(len, frames))
        if self._size <= LIMIT // 2:
            self.resume()
        return frames

    def resume(self):
        """Continues the kernel if it was stopped."""
        if self._stopped:
            self._stopped = False
            self._process.signal(signal.SIGCONT)

    def close(self):
        self._reader.cancel()

    async def _read(self):
        while True:
            frames = await self._socket.recv_multipart()
            self._messages.append(frames)
            self._size += sum(map(len, frames))
            self._arrived.set()
            if self._size > LIMIT and not self._stopped:
                self._stopped = True
                self._process.signal(signal.SIGSTOP)
