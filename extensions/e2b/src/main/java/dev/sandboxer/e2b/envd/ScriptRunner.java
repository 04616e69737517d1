package dev.sandboxer.e2b.envd;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.OperationException;
import dev.sandboxer.extension.OperationException.Reason;
import dev.sandboxer.extension.ProcessEvent;
import dev.sandboxer.extension.ProcessEvent.Channel;
import dev.sandboxer.extension.ProcessSpec;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs {@link Scripts} inside a sandbox, for what E2B's API has no call for. */
record ScriptRunner(E2bProcesses processes) {
    private static final String ROOT = "root";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int MOST_OUTPUT = 4 << 20;

    /** How a script ended. */
    @SuppressWarnings("ArrayRecordComponent") // read, never compared
    record Done(int code, byte[] out, String err) {
        /**
         * @throws OperationException with what it said, when it failed
         */
        Done check(String doing) {
            if (code == 0) {
                return this;
            }
            throw EnvdErrorMapper.ofCommand(doing, code, err);
        }
    }

    Done asRoot(String script, String... arguments) {
        return as(ROOT, script, arguments);
    }

    /**
     * @param user null = the template's default user
     */
    Done as(@Nullable String user, String script, String... arguments) {
        var argv = new ArrayList<>(List.of("/bin/sh", "-c", script, "sh"));
        argv.addAll(List.of(arguments));
        var spec = ProcessSpec.builder(argv)
                .cwd("/")
                .tag(ProcessMessages.ASIDE)
                .timeout(LIMIT)
                .build();
        try (var process = processes.start(spec, user)) {
            return finish(process);
        }
    }

    private static Done finish(E2bProcess process) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var end = System.nanoTime() + LIMIT.multipliedBy(2).toNanos();
        try {
            while (true) {
                switch (process.next(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                    case null -> throw ExtensionException.unknown(Kind.TRANSIENT, "a command inside did not end", null);
                    case ProcessEvent.Output(var channel, var bytes) ->
                        (channel == Channel.STDERR ? err : out).writeBytes(bytes);
                    case ProcessEvent.Exited exited -> {
                        return new Done(exited.status(), out.toByteArray(), err.toString(StandardCharsets.UTF_8));
                    }
                }
                if (out.size() + err.size() > MOST_OUTPUT) {
                    throw new OperationException(Reason.LIMIT, "a command inside says too much");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ExtensionException.unknown(Kind.TRANSIENT, "interrupted", e);
        }
    }
}
