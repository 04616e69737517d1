package dev.sandboxer.modal;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.session.ProcessEvent.Output;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Session;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Runs processes to their end: output and exit. */
record CompletedRun(String output, Exited end) {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    static CompletedRun of(Session session, ProcessSpec spec) {
        try (var process = session.processes().start(spec)) {
            return toEnd(process);
        }
    }

    static CompletedRun sh(Session session, String script, String... arguments) {
        var argv = new java.util.ArrayList<>(java.util.List.of("/bin/sh", "-c", script, "sh"));
        argv.addAll(java.util.List.of(arguments));
        return of(session, ProcessSpec.of(argv));
    }

    static CompletedRun toEnd(RunningProcess process) {
        var output = new ByteArrayOutputStream();
        while (true) {
            switch (next(process)) {
                case Output piece -> output.writeBytes(piece.bytes());
                case Exited end -> {
                    return new CompletedRun(output.toString(UTF_8), end);
                }
                case null -> throw new AssertionError("silent after: " + output.toString(UTF_8));
            }
        }
    }

    static @Nullable ProcessEvent next(RunningProcess process) {
        try {
            return process.next(LIMIT);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
