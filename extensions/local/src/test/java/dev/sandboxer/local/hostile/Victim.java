package dev.sandboxer.local.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.session.ProcessEvent.Output;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.session.WriteOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A sandbox in which attacks run. */
public record Victim(BackendSandbox sandbox, Session session) {
    /** Longest time of an attack that ends by itself. */
    public static final Duration TIMEOUT = Duration.ofSeconds(20);

    /** The output of a process, from both streams, and its end. */
    public record Result(String output, Exited exited) {
        public int status() {
            return exited.status();
        }

        /** Returns the output without surrounding blanks; throws if the command failed. */
        public String text() {
            if (status() != 0) {
                throw new AssertionError("the command failed: " + this);
            }
            return output.strip();
        }
    }

    public BackendRef ref() {
        return sandbox.ref();
    }

    public SandboxFiles files() {
        return session.files();
    }

    public Result sh(String script) {
        return run(ProcessSpec.of("/bin/bash", "-c", script));
    }

    public Result rootSh(String script) {
        return run(ProcessSpec.builder("/bin/bash", "-c", script).user("root").build());
    }

    public Result run(ProcessSpec spec) {
        try (var process =
                session.processes().start(spec.toBuilder().timeout(TIMEOUT).build())) {
            return await(process);
        }
    }

    public static Result await(RunningProcess process) {
        var output = new ByteArrayOutputStream();
        try {
            while (true) {
                switch (process.next(TIMEOUT.plusSeconds(5))) {
                    case null -> throw new AssertionError("no output for too long; so far: " + output.toString(UTF_8));
                    case Output(var _, byte[] bytes) -> output.writeBytes(bytes);
                    case Exited exited -> {
                        return new Result(output.toString(UTF_8), exited);
                    }
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs an attack of {@code attack.c} as {@code user} or {@code root}, and returns its attempts. */
    public Attempts attack(String user, String name, String... arguments) {
        var argv = new ArrayList<>(List.of(attackProgram(), name));
        argv.addAll(List.of(arguments));
        return Attempts.parse(run(ProcessSpec.builder(argv).user(user).build()));
    }

    /** Returns the attack program's path inside the sandbox, and copies it there first if needed. */
    public String attackProgram() {
        var path = "/home/user/attack";
        try {
            files().stat(path, null);
        } catch (OperationException absent) {
            try (var in = Files.newInputStream(AttackProgram.onHost())) {
                files().write(path, new WriteOptions(null, 0_755, null), in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return path;
    }

    public void write(String path, String content) {
        try {
            files().write(path, WriteOptions.DEFAULT, new ByteArrayInputStream(content.getBytes(UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String read(String path) {
        try (var file = files().read(path, null, 0, 1 << 20)) {
            return new String(file.content().readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a program on the host and returns its output; throws if it fails. */
    public static String onHost(String... command) {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Creates a directory with a short path, because a Unix socket's path may have only 107 bytes. */
    public static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory(
                    Path.of("/tmp"),
                    "sbx",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
