"""A third-party kernel for bash. All executions run in one bash process."""

import subprocess

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

END = "--end of execution--"


class Bash(Kernel):
    implementation = "bash"
    implementation_version = banner = "1"
    language_info = {"name": "bash", "mimetype": "text/x-sh", "file_extension": ".sh"}
    bash = None

    def do_execute(self, code, silent, store_history=True, user_expressions=None, allow_stdin=False):
        if self.bash is None or self.bash.poll() is not None:
            self.bash = subprocess.Popen(["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.bash.stdin.write(f"{code}\necho; echo {END}\n")
        self.bash.stdin.flush()
        try:
            self.tell(silent)
        except KeyboardInterrupt:
            self.bash.kill()
            self.bash.wait()
        return {"status": "ok", "execution_count": self.execution_count, "payload": [], "user_expressions": {}}

    def tell(self, silent):
        for line in self.bash.stdout:
            if line.startswith(END):
                break
            if not silent and line.strip():
                self.send_response(self.iopub_socket, "stream", {"name": "stdout", "text": line})


IPKernelApp.launch_instance(kernel_class=Bash)
