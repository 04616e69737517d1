"""Serves the HTTP requests of the SDKs."""

import asyncio
import json
import os

certificates = os.environ.get("SSL_CERT_FILE")
os.environ["SSL_CERT_FILE"] = os.devnull  # saves tornado from reading certificates that it does not need
from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.web import Application, HTTPError, RequestHandler

del os.environ["SSL_CERT_FILE"]
if certificates is not None:
    os.environ["SSL_CERT_FILE"] = certificates

import languages
import messages
from contexts import Contexts, Refused

BODY_LIMIT = 64 << 20  # bytes


def serve(listener, cwd, forks, first):
    """Serves until the process ends; `first` is the process of the default context's kernel."""
    asyncio.run(_serve(listener, cwd, forks, first))


async def _serve(listener, cwd, forks, first):
    shared = {"contexts": Contexts(cwd, forks, first)}
    application = Application(
        [
            (r"/health", Health, shared),
            (r"/execute", Execute, shared),
            (r"/contexts", AllContexts, shared),
            (r"/contexts/([^/]+)", OneContext, shared),
            (r"/contexts/([^/]+)/restart", Restart, shared),
        ]
    )
    HTTPServer(application, max_body_size=BODY_LIMIT).add_socket(listener)
    await asyncio.Event().wait()


class Handler(RequestHandler):
    def initialize(self, contexts):
        self.contexts = contexts

    def body(self, **kinds):
        """Returns the request's fields. Refuses a field whose type is not the given one."""
        try:
            fields = json.loads(self.request.body or b"{}")
        except ValueError:
            raise Refused(400, "the request is not JSON") from None
        if not isinstance(fields, dict):
            raise Refused(400, "the request is not a JSON object")
        for name, kind in kinds.items():
            if fields.get(name) is not None and not isinstance(fields[name], kind):
                raise Refused(400, f"{name} is of the wrong type")
        return fields

    def write_error(self, status, exc_info=None, **ignored):
        error = exc_info and exc_info[1]
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        if isinstance(error, Refused):
            self.set_status(error.status)
            self.finish(str(error))
        elif isinstance(error, HTTPError):
            self.finish(self._reason)
        else:
            self.finish(f"the gateway failed: {error}")

    def log_exception(self, kind, error, trace):
        if not isinstance(error, Refused):
            super().log_exception(kind, error, trace)


class Health(Handler):
    async def get(self):
        await self.contexts.default().ready()


class Execute(Handler):
    _task = None
    _gone = False

    async def post(self):
        asked = self.body(code=str, context_id=str, language=str, env_vars=dict)
        if asked.get("code") is None:
            raise Refused(400, "code is missing")
        if asked.get("context_id") and asked.get("language"):
            raise Refused(400, "name a context or a language, not both")
        variables = variables_of(asked.get("env_vars") or {})
        context_id = asked.get("context_id")
        context = self.contexts.get(context_id) if context_id else self.contexts.default(asked.get("language"))
        if variables and languages.code_to_set(context.language.name, {}) is None:
            raise Refused(404, f"variables for one call are not known for language '{context.language.name}'")
        self.request.connection.stream.set_nodelay(True)  # sends each line at once, not 40 ms later
        self.set_header("Content-Type", "application/jsonl")
        await self.flush()  # ends the client's time limit for the request, and begins that of the execution
        self._task = asyncio.ensure_future(context.execute(asked["code"], variables, self.emit))
        try:
            await self._task
        except asyncio.CancelledError:
            if not self._gone:
                raise

    async def emit(self, line):
        if self._gone:
            return
        self.write(messages.encode(line))
        try:
            await self.flush()  # waits while the client reads slowly
        except StreamClosedError:
            self.on_connection_close()

    def on_connection_close(self):
        """Cancels the execution, since the client has closed the connection."""
        if not self._gone:
            self._gone = True
            if self._task is not None:
                self._task.cancel()


class AllContexts(Handler):
    def get(self):
        self.finish(json.dumps([described(context) for context in self.contexts.all()]))

    async def post(self):
        asked = self.body(language=str, cwd=str)
        self.finish(described(await self.contexts.create(asked.get("language"), asked.get("cwd"))))


class OneContext(Handler):
    def delete(self, context_id):
        self.contexts.remove(context_id)
        self.set_status(204)


class Restart(Handler):
    async def post(self, context_id):
        await self.contexts.get(context_id).restart()
        self.set_status(204)


def described(context):
    return {"id": context.id, "language": context.language.name, "cwd": context.cwd}


def variables_of(given):
    for name, value in given.items():
        if not languages.NAME.match(name) or not isinstance(value, str) or "\0" in value:
            raise Refused(400, f"variable '{name}' has an invalid name or value")
    return given
