package dev.sandboxer.http.modal.router;

import com.google.protobuf.CodedOutputStream;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.http.modal.edge.SandboxNotes;
import dev.sandboxer.http.modal.router.exec.Streams;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.protocol.modal.ClientProto.PTYInfo;
import dev.sandboxer.protocol.modal.ClientProto.SecretSource;
import dev.sandboxer.protocol.modal.RouterProto.StdoutConfig;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStartRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what clients want started. */
final class ExecRequests {
    /** Modal runs everything as root. */
    static final String USER = "root";

    /** As the clients count them. */
    private static final int LONGEST_COMMAND = 65_536;

    private static final int ROWS = 24;
    private static final int COLUMNS = 80;

    private static final Pattern EXEC_ID = Pattern.compile("[A-Za-z0-9_-]{1,100}");

    private ExecRequests() {}

    /** @throws StatusRuntimeException {@code INVALID_ARGUMENT} */
    static String execId(String text) {
        if (!EXEC_ID.matcher(text).matches()) {
            throw invalid("exec_id has to be a UUID");
        }
        return text;
    }

    /** @throws StatusRuntimeException {@code INVALID_ARGUMENT} */
    static void check(TaskExecStartRequest request) {
        if (!request.getContainerId().isEmpty()) {
            throw Status.UNIMPLEMENTED
                    .withDescription("sandboxes here have one container only; leave container_id out")
                    .asRuntimeException();
        }
        checkCommand(request.getCommandArgsList());
        if (request.hasWorkdir() && !request.getWorkdir().startsWith("/")) {
            throw invalid("workdir has to be an absolute path: " + request.getWorkdir());
        }
        if (request.hasTimeoutSecs() && request.getTimeoutSecs() <= 0) {
            throw invalid("timeout_secs has to be 1 or more, and less than 2^31");
        }
    }

    /** @throws StatusRuntimeException {@code INVALID_ARGUMENT} */
    static void checkCommand(List<String> argv) {
        if (argv.isEmpty() || argv.getFirst().isEmpty()) {
            throw invalid("a command needs at least one word");
        }
        var length = argv.stream()
                .mapToLong(word -> word.codePointCount(0, word.length()))
                .sum();
        if (length > LONGEST_COMMAND) {
            throw invalid("the command has " + length + " characters; at most " + LONGEST_COMMAND
                    + " are allowed: pass long scripts through standard input or a file");
        }
        if (argv.stream().anyMatch(word -> word.indexOf('\0') >= 0)) {
            throw invalid("a command's words can't contain NUL");
        }
    }

    static ProcessSpec spec(TaskExecStartRequest request, Sandbox sandbox, RouterAccess access) {
        return process(request.getCommandArgsList(), sandbox, request.hasPtyInfo() ? request.getPtyInfo() : null)
                .env(variables(request, sandbox, access))
                .cwd(workdir(sandbox, request.hasWorkdir() ? request.getWorkdir() : null))
                .timeout(request.hasTimeoutSecs() ? Duration.ofSeconds(request.getTimeoutSecs()) : null)
                .build();
    }

    static ProcessSpec.Builder process(List<String> argv, Sandbox sandbox, @Nullable PTYInfo pty) {
        return ProcessSpec.builder(argv)
                .cwd(workdir(sandbox, null))
                .user(USER)
                .stdin(true)
                .pty(pty == null || !pty.getEnabled() ? null : size(pty));
    }

    private static PtySize size(PTYInfo pty) {
        return new PtySize(
                pty.getWinszCols() == 0 ? COLUMNS : pty.getWinszCols(),
                pty.getWinszRows() == 0 ? ROWS : pty.getWinszRows());
    }

    private static @Nullable String workdir(Sandbox sandbox, @Nullable String asked) {
        return asked != null ? asked : SandboxNotes.of(sandbox).workdir();
    }

    /** The later ones win. */
    private static Map<String, String> variables(TaskExecStartRequest request, Sandbox sandbox, RouterAccess access) {
        var all = new TreeMap<>(request.hasPtyInfo() ? variables(request.getPtyInfo()) : Map.of());
        for (String secret : request.getSecretIdsList()) {
            all.putAll(access.secret(sandbox, secret));
        }
        for (SecretSource source : request.getSecretSourcesList()) {
            all.putAll(
                    source.hasSecretId()
                            ? access.secret(sandbox, source.getSecretId())
                            : source.getEnv().getContentsMap());
        }
        all.putAll(request.getEnvMap());
        all.forEach(ExecRequests::checkVariable);
        return all;
    }

    private static void checkVariable(String name, String value) {
        if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0 || value.indexOf('\0') >= 0) {
            throw invalid("not an environment variable: '" + name + "'");
        }
    }

    static Map<String, String> variables(PTYInfo pty) {
        var all = new TreeMap<String, String>();
        if (pty.getEnabled()) {
            all.put("TERM", pty.getEnvTerm());
            all.put("COLORTERM", pty.getEnvColorterm());
            all.put("TERM_PROGRAM", pty.getEnvTermProgram());
            all.values().removeIf(String::isEmpty);
        }
        return all;
    }

    static Streams streams(TaskExecStartRequest request) {
        var stderr = switch (request.getStderrConfig()) {
            case STDERR_PIPE -> Streams.Stderr.KEPT;
            case STDERR_TO_STDOUT -> Streams.Stderr.TO_STDOUT;
            case STDERR_DEVNULL -> Streams.Stderr.NOWHERE;
            case UNRECOGNIZED -> throw invalid("unknown stderr_config " + request.getStderrConfigValue());
        };
        if (request.getStdoutConfig() == StdoutConfig.UNRECOGNIZED) {
            throw invalid("unknown stdout_config " + request.getStdoutConfigValue());
        }
        return new Streams(request.getStdoutConfig() == StdoutConfig.STDOUT_PIPE, stderr);
    }

    /** Says the same for the same request, however its maps are ordered. */
    static String fingerprint(TaskExecStartRequest request) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            var out = CodedOutputStream.newInstance(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            out.useDeterministicSerialization();
            request.writeTo(out);
            out.flush();
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static StatusRuntimeException invalid(String why) {
        return Status.INVALID_ARGUMENT.withDescription(why).asRuntimeException();
    }
}
