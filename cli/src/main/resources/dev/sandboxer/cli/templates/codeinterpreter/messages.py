"""Translates messages of kernels into the lines that the SDKs of the code interpreter read."""

import asyncio
import json
import signal
from datetime import datetime, timezone

PIECE = 1 << 18  # characters of text in a line
RESULT_LIMIT = 32 << 20  # bytes

# From MIME types (https://jupyter-client.readthedocs.io/en/stable/messaging.html) to fields of the SDK's Result.
FORMATS = {
    "text/plain": "text",
    "text/html": "html",
    "text/markdown": "markdown",
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpeg",
    "application/pdf": "pdf",
    "text/latex": "latex",
    "application/json": "json",
    "application/javascript": "javascript",
    "e2b/data": "data",
    "e2b/chart": "chart",
}


class Run:
    """One request to a kernel. The future `replied` is done when the kernel has answered, `idle` when all output has arrived.

    `handled` counts the messages of output. `is_emitting` is true while a line waits for the client.
    """

    def __init__(self, message_id, emit=None):
        loop = asyncio.get_running_loop()
        self.id = message_id
        self.emit = emit
        self.replied = loop.create_future()
        self.idle = loop.create_future()
        self.handled = 0
        self.is_emitting = False

    async def output(self, message, size):
        if message["parent_header"].get("msg_id") != self.id:
            return  # from a thread that an earlier execution started
        self.handled += 1
        kind, content = message["msg_type"], message["content"]
        if kind == "status":
            if content["execution_state"] == "idle" and not self.idle.done():
                self.idle.set_result(None)
        elif self.emit is not None:
            for line in lines(kind, content, message["header"]["date"].isoformat(), size):
                await self._emit(line)

    async def reply(self, message):
        if message["parent_header"].get("msg_id") != self.id:
            return
        for payload in message["content"].get("payload", []):
            if payload.get("source") == "page":  # help, as for `name?`
                await self._emit(result(payload["data"], False))
        self.replied.set_result(None)

    async def _emit(self, line):
        if self.emit is not None:
            self.is_emitting = True
            try:
                await self.emit(line)
            finally:
                self.is_emitting = False


def lines(kind, content, date, size):
    """Yields the lines for a message; none if it is not for the user."""
    if kind == "stream":
        text = content["text"]
        for start in range(0, len(text), PIECE):
            yield {"type": content["name"], "text": text[start : start + PIECE], "timestamp": date}
    elif kind == "execute_input":
        yield {"type": "number_of_executions", "execution_count": content["execution_count"]}
    elif kind == "error":
        yield error(content["ename"], content["evalue"], "\n".join(content["traceback"]))
    elif kind in ("execute_result", "display_data", "update_display_data"):
        if size > RESULT_LIMIT:
            advice = "write it to a file and read that"
            yield error("ResultTooLarge", f"a result of {size} bytes is over the limit of {RESULT_LIMIT}: {advice}")
        else:
            yield result(content["data"], kind == "execute_result")


def result(data, is_main):
    line = {"type": "result", "is_main_result": is_main}
    extra = {}
    for mime, value in data.items():
        if mime in FORMATS:
            line[FORMATS[mime]] = value
        else:
            extra[mime] = value
    text = line.get("text")
    if text and len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        line["text"] = text[1:-1]  # a string without its quotes, as the SDKs expect
    if extra:
        line["extra"] = extra
    return line


def error(name, value, traceback=""):
    return {"type": "error", "name": name, "value": value, "traceback": traceback}


def stderr(text):
    return {"type": "stderr", "text": text, "timestamp": datetime.now(timezone.utc).isoformat()}


def encode(line):
    """Returns a line of JSON in ASCII: the SDK decodes pieces as they arrive, and would break other characters."""
    return json.dumps(line).encode() + b"\n"


def execute_request(code, silent):
    return {
        "code": code,
        "silent": silent,
        "store_history": not silent,
        "user_expressions": {},
        "allow_stdin": False,
        "stop_on_error": False,
    }


def reason_of_end(status):
    """Describes how a process ended, as the rest of a sentence that begins with "the kernel"."""
    if status >= 0:
        return f"ended with exit code {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    hint = ", most likely because memory ran out" if -status == signal.SIGKILL else ""
    return f"was ended by {name}{hint}"
