package dev.sandboxer.http.modal.router;

import com.google.protobuf.CodedOutputStream;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.edge.ModalMetadata;
import dev.sandboxer.http.modal.edge.Sha256;
import dev.sandboxer.http.modal.router.exec.KeptStreams;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.protocol.modal.ClientProto.PTYInfo;
import dev.sandboxer.protocol.modal.ClientProto.SecretSource;
import dev.sandboxer.protocol.modal.RouterProto.StdoutConfig;
import dev.sandboxer.protocol.modal.RouterProto.TaskExecStartRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads and checks requests to start commands. */
final class ExecRequests {
    /** Modal runs everything as root. */
    static final String USER = "root";

    /** In code points, as clients count. */
    private static final int MAX_COMMAND_LENGTH = 65_536;

    private static final int ROWS = 24;
    private static final int COLUMNS = 80;

    private static final Pattern EXEC_ID = Pattern.compile("[A-Za-z0-9_-]{1,100}");

    private ExecRequests() {}

    /**
     * Returns the id of a command if it is valid.
     *
     * @throws StatusRuntimeException {@code INVALID_ARGUMENT}
     */
    static String execId(String text) {
        if (!EXEC_ID.matcher(text).matches()) {
            throw ModalErrors.invalid("exec_id must have 1 to 100 letters, digits, - or _");
        }
        return text;
    }

    /**
     * Refuses an invalid request.
     *
     * @throws StatusRuntimeException {@code INVALID_ARGUMENT}, {@code UNIMPLEMENTED}
     */
    static void check(TaskExecStartRequest request) {
        requireMainContainer(request.getContainerId());
        checkCommand(request.getCommandArgsList());
        if (request.hasWorkdir() && !request.getWorkdir().startsWith("/")) {
            throw ModalErrors.invalid("workdir must be an absolute path: " + request.getWorkdir());
        }
        if (request.hasTimeoutSecs() && request.getTimeoutSecs() <= 0) {
            throw ModalErrors.invalid("timeout_secs must be 1 or more, and less than 2^31");
        }
    }

    /**
     * Refuses an invalid command line.
     *
     * @throws StatusRuntimeException {@code INVALID_ARGUMENT}
     */
    static void checkCommand(List<String> argv) {
        if (argv.isEmpty() || argv.getFirst().isEmpty()) {
            throw ModalErrors.invalid("a command needs at least one word");
        }
        var length = argv.stream()
                .mapToLong(word -> word.codePointCount(0, word.length()))
                .sum();
        if (length > MAX_COMMAND_LENGTH) {
            throw ModalErrors.invalid("the command has " + length + " characters; at most " + MAX_COMMAND_LENGTH
                    + " are allowed: pass long scripts through standard input or a file");
        }
        if (argv.stream().anyMatch(word -> word.indexOf('\0') >= 0)) {
            throw ModalErrors.invalid("a command's words must not contain NUL");
        }
    }

    /** @throws StatusRuntimeException {@code UNIMPLEMENTED} for a container beside the main one */
    static void requireMainContainer(String containerId) {
        if (!containerId.isEmpty()) {
            throw ModalErrors.unimplemented("sandboxes here have only one container; leave container_id out");
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
        return asked != null ? asked : ModalMetadata.of(sandbox).workdir();
    }

    /** Merges the variables of the terminal, the secrets and the request; later ones win. */
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
            throw ModalErrors.invalid("invalid environment variable name '" + name + "'");
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

    static KeptStreams streams(TaskExecStartRequest request) {
        var stderr = switch (request.getStderrConfig()) {
            case STDERR_PIPE -> KeptStreams.Stderr.KEPT;
            case STDERR_TO_STDOUT -> KeptStreams.Stderr.TO_STDOUT;
            case STDERR_DEVNULL -> KeptStreams.Stderr.DISCARDED;
            case UNRECOGNIZED -> throw ModalErrors.invalid("unknown stderr_config " + request.getStderrConfigValue());
        };
        if (request.getStdoutConfig() == StdoutConfig.UNRECOGNIZED) {
            throw ModalErrors.invalid("unknown stdout_config " + request.getStdoutConfigValue());
        }
        return new KeptStreams(request.getStdoutConfig() == StdoutConfig.STDOUT_PIPE, stderr);
    }

    /** Returns a hash of a request, which doesn't depend on the order of its maps. */
    static String fingerprint(TaskExecStartRequest request) {
        try {
            var digest = Sha256.digest();
            var out = CodedOutputStream.newInstance(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            out.useDeterministicSerialization();
            request.writeTo(out);
            out.flush();
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
