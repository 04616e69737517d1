"""Contexts: each has a language, a directory and a kernel, and runs code in the order of requests, one at a time."""

import asyncio
import os
import uuid

import zmq.asyncio

import languages
import messages
from connection import Kernel, KernelFailed

CONTEXTS_LIMIT = 64


class Refused(Exception):
    """A request that can't be served, with an HTTP status and the reason."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Context:
    def __init__(self, language, cwd, forks, zmq_context, process=None):
        self.id = str(uuid.uuid4())
        self.language = language
        self.cwd = cwd
        self.removed = False
        self._forks = forks
        self._zmq = zmq_context
        self._turn = asyncio.Lock()
        self._kernel = None
        self._notice = None  # tells the next execution that variables were lost
        self._starting = None
        self.start(process)

    def start(self, process=None):
        """Starts a kernel, unless a start is in progress."""
        if self._starting is None or self._starting.done():
            self._starting = asyncio.create_task(self._start(process))
            self._starting.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def ready(self):
        """Waits for the kernel; restarts it if it has ended. Raises KernelFailed."""
        if self._starting.done() and (self._kernel is None or self._kernel.ended.done()):
            self.start()
        await asyncio.shield(self._starting)

    async def execute(self, code, variables, emit):
        """Runs code after all earlier executions. If cancelled, ends the code first."""
        async with self._turn:
            if self.removed:
                return await emit(messages.error("ContextRemoved", f"context '{self.id}' was removed"))
            try:
                await self.ready()
            except KernelFailed as failure:
                return await emit(messages.error("KernelFailed", str(failure)))
            await self._notify(emit)
            await self._run(self._kernel, code, variables, emit)

    async def restart(self):
        try:
            await self.ready()
        except KernelFailed:
            pass  # the next start may succeed
        kernel = self._kernel
        if kernel is not None:
            kernel.kill("ContextRestarted", "was ended because the context was restarted")
            await asyncio.wait([kernel.ended])
        await self.ready()
        self._notice = None

    def remove(self):
        self.removed = True
        self._starting.cancel()
        if self._kernel is not None:
            self._kernel.kill("ContextRemoved", "was ended because the context was removed")

    async def _run(self, kernel, code, variables, emit):
        await self._set(kernel, variables)
        try:
            run = await kernel.execute(code, emit)
        finally:
            await self._set(kernel, {name: os.environ.get(name) for name in variables})
        if kernel.ended.done():
            self._notice = None
            name, reason = kernel.ended.result()
            await emit(messages.error(name, f"the kernel {reason}; its variables are lost"))
        elif not run.idle.done():
            await emit(messages.stderr("the end of the output is missing\n"))

    async def _set(self, kernel, variables):
        if variables and not kernel.ended.done():
            await kernel.execute(languages.code_to_set(self.language.name, variables), None, silent=True)

    async def _notify(self, emit):
        if self._notice:
            notice, self._notice = self._notice, None
            await emit(messages.stderr(notice))

    async def _start(self, process):
        if not os.path.isdir(self.cwd):
            raise KernelFailed(f"directory '{self.cwd}' not found")
        try:
            process = process or self.language.start(self._forks, self.cwd)
        except OSError as error:
            raise KernelFailed(f"the kernel did not start: {error}") from None
        kernel = self._kernel = Kernel(process, self._zmq, self.language.interrupted_by_message)
        try:
            await kernel.ready()
        except BaseException:
            kernel.kill("KernelFailed", "was ended because it did not answer")
            raise
        kernel.ended.add_done_callback(self._on_end)

    def _on_end(self, ended):
        """Starts the next kernel at once, so that it is ready before it is needed."""
        name, reason = ended.result()
        self._notice = f"the kernel {reason}; variables of earlier executions are lost\n"
        if not self.removed:
            self.start()


class Contexts:
    """All contexts, including the default context of each language."""

    def __init__(self, cwd, forks, process):
        self._forks = forks
        self._zmq = zmq.asyncio.Context()
        self._cwd = cwd
        self._all = {}
        self._defaults = {}
        self._default(languages.DEFAULT, process)

    def all(self):
        return list(self._all.values())

    def get(self, context_id):
        if context_id not in self._all:
            raise Refused(404, f"context '{context_id}' not found")
        return self._all[context_id]

    def default(self, language=None):
        """Returns the context for executions that name none."""
        return self._default(self._language(language))

    async def create(self, language, cwd):
        cwd = os.path.normpath(os.path.join(self._cwd, os.path.expanduser(cwd or "")))
        language = self._language(language)
        if not os.path.isdir(cwd):
            raise Refused(404, f"directory '{cwd}' not found")
        context = self._add(language, cwd)
        try:
            await context.ready()
        except KernelFailed as failure:
            self.remove(context.id)
            raise Refused(500, str(failure)) from None
        return context

    def remove(self, context_id):
        context = self.get(context_id)
        del self._all[context_id]
        self._defaults = {name: other for name, other in self._defaults.items() if other is not context}
        context.remove()

    def _default(self, language, process=None):
        if language.name not in self._defaults:
            self._defaults[language.name] = self._add(language, self._cwd, process)
        return self._defaults[language.name]

    def _add(self, language, cwd, process=None):
        if len(self._all) >= CONTEXTS_LIMIT:
            raise Refused(429, f"there are {CONTEXTS_LIMIT} contexts already: remove one")
        context = Context(language, cwd, self._forks, self._zmq, process)
        self._all[context.id] = context
        return context

    def _language(self, name):
        language = languages.find(name)
        if language is None:
            names = ", ".join(sorted(languages.installed()))
            raise Refused(404, f"no kernel for language '{name}' is installed here; install a Jupyter kernel for it, or use: {names}")
        return language
