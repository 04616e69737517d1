"""Languages: Python, and those of installed Jupyter kernels."""

import glob
import json
import os
import re
import shlex

from jupyter_core.paths import jupyter_path

import launch

ALIASES = {"py": "python", "python3": "python", "js": "javascript", "node": "javascript", "ts": "typescript", "sh": "bash"}
# A kernel for the second language also runs the first.
ALSO_RUN_BY = {"javascript": "typescript"}
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


class Language:
    """Tells how to start and interrupt a language's kernel. Without `argv` the kernel is a fork."""

    def __init__(self, name, argv=None, env=None, interrupt_mode="signal"):
        self.name = name
        self.interrupted_by_message = interrupt_mode == "message"
        self._argv = argv
        self._env = env or {}

    def start(self, forks, cwd):
        """Starts a kernel. Raises OSError."""
        return launch.Command(self._argv, cwd, self._env) if self._argv else launch.Fork(forks, cwd)


DEFAULT = Language("python")


def installed():
    """Returns all languages by name. Searches each time, since kernels may be installed while we run."""
    languages = {DEFAULT.name: DEFAULT}
    for directory in jupyter_path("kernels"):
        for file in sorted(glob.glob(os.path.join(glob.escape(directory), "*", "kernel.json"))):
            try:
                language = from_file(file)
            except (OSError, ValueError, KeyError, TypeError, AttributeError):
                continue  # an invalid kernel.json
            languages.setdefault(language.name, language)
    return languages


def from_file(file):
    """Reads the language of a kernel from its kernel.json."""
    with open(file, encoding="utf-8") as content:
        spec = json.load(content)
    argv = [word.replace("{resource_dir}", os.path.dirname(file)) for word in spec["argv"]]
    return Language(normalized(spec["language"]), argv, spec.get("env"), spec.get("interrupt_mode", "signal"))


def find(name):
    """Returns the language of a name, or None."""
    name = normalized(name)
    if name == DEFAULT.name:
        return DEFAULT
    languages = installed()
    return languages.get(name) or languages.get(ALSO_RUN_BY.get(name))


def normalized(name):
    name = (name or DEFAULT.name).strip().lower()
    return ALIASES.get(name, name)


def code_to_set(language, values):
    """Returns code that sets environment variables and unsets those with the value None. None: unknown for that language."""
    unset = [name for name, value in values.items() if value is None]
    given = {name: value for name, value in values.items() if value is not None}
    if language == "python":
        environ = "__import__('os').environ"
        return f"[{environ}.pop(k, None) for k in {unset!r}] and None; {environ}.update({given!r})"
    if language in ("javascript", "typescript"):
        deletions = "".join(f"delete process.env[{json.dumps(name)}];" for name in unset)
        return f"{deletions}Object.assign(process.env, {json.dumps(given)});"
    if language == "bash":
        return "\n".join([*(f"unset {n}" for n in unset), *(f"export {n}={shlex.quote(v)}" for n, v in given.items())])
    if language == "r":
        deletions = "".join(f"Sys.unsetenv({json.dumps(name)});" for name in unset)
        return deletions + "".join(f"Sys.setenv({name}={json.dumps(value)});" for name, value in given.items())
    return None
