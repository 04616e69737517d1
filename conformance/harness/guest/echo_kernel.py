"""A third-party kernel for any language. It prints the language and the code that it received."""

import sys

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

LANGUAGE = sys.argv.pop(1)


class Echo(Kernel):
    implementation = LANGUAGE
    implementation_version = banner = "1"
    language_info = {"name": LANGUAGE, "mimetype": "text/plain", "file_extension": ".txt"}

    def do_execute(self, code, silent, store_history=True, user_expressions=None, allow_stdin=False):
        if not silent:
            self.send_response(self.iopub_socket, "stream", {"name": "stdout", "text": f"{LANGUAGE} got {code}"})
        return {"status": "ok", "execution_count": self.execution_count, "payload": [], "user_expressions": {}}


IPKernelApp.launch_instance(kernel_class=Echo)
