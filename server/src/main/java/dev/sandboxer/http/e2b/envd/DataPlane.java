package dev.sandboxer.http.e2b.envd;

import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.ErrorMapping;
import dev.sandboxer.http.e2b.edge.FileAccess;
import dev.sandboxer.http.e2b.edge.Passage;
import dev.sandboxer.http.e2b.edge.PeerForwarding;
import dev.sandboxer.http.e2b.edge.SandboxAccess;
import dev.sandboxer.http.e2b.edge.SandboxCall;
import dev.sandboxer.http.e2b.edge.Target;
import dev.sandboxer.lifecycle.snapshots.Snapshots;
import dev.sandboxer.lifecycle.state.SandboxId;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/** Answers the requests that E2B's in-sandbox daemon answers on its port: health, variables, files and processes. */
public final class DataPlane implements AutoCloseable {
    private static final String PROCESS = "/process.Process/";
    private static final String FILESYSTEM = "/filesystem.Filesystem/";
    private static final String HEALTH = "/health";
    private static final String VARIABLES = "/envs";

    private static final List<String> HEALTH_METHODS = List.of("GET", "HEAD");
    private static final List<String> FILES_METHODS = List.of("GET", "HEAD", "POST");

    /** The methods, by path, that are answered over plain HTTP in addition to the two Connect services. */
    public static final Map<String, List<String>> PLAIN =
            Map.of(HEALTH, HEALTH_METHODS, VARIABLES, HEALTH_METHODS, FileAccess.FILES, FILES_METHODS);

    /** The methods, by path, that are answered only if the sandbox runs E2B's own daemon. */
    private static final Map<String, List<String>> DAEMON =
            Map.of("/metrics", HEALTH_METHODS, "/files/compose", List.of("POST"));

    private static final Pattern METHOD = Pattern.compile("[A-Za-z]{1,100}");

    private final SandboxAccess access;
    private final Passage passage;
    private final PeerForwarding peerForwarding;
    private final Snapshots snapshots;
    private final FileAccess fileAccess;
    private final Watchers watchers = new Watchers();
    private final ProcessLists lists = new ProcessLists();
    private final SandboxLogs logs;
    private final ProcessService processes;
    private final FileService files;

    /**
     * Creates the data plane.
     *
     * @param answerLimit the most bytes that pending answers of one sandbox may take
     */
    public DataPlane(
            SandboxAccess access,
            PeerForwarding peerForwarding,
            Passage passage,
            Snapshots snapshots,
            FileAccess fileAccess,
            LongSupplier answerLimit,
            InstantSource clock) {
        this.access = access;
        this.peerForwarding = peerForwarding;
        this.passage = passage;
        this.snapshots = snapshots;
        this.fileAccess = fileAccess;
        this.logs = new SandboxLogs(clock);
        var space = new AnswerSpace(answerLimit);
        this.processes = new ProcessService(logs, lists, space, clock);
        this.files = new FileService(watchers, space, clock);
    }

    /** Returns the log of the processes that this server started in sandboxes. */
    public SandboxLogs logs() {
        return logs;
    }

    /** Returns how many processes ended because their sandbox was out of memory, since the server started. */
    public long outOfMemory() {
        return processes.outOfMemory();
    }

    /** Frees the logs, watchers and locks of all sandboxes that are not live. */
    public void cutAllExcept(Collection<SandboxId> live) {
        logs.cutAllExcept(live);
        watchers.cutAllExcept(live);
        lists.cutAllExcept(live);
    }

    @Override
    public void close() {
        watchers.close();
    }

    /** Returns true if a sandbox's daemon answers a path. */
    public static boolean serves(String path) {
        return PLAIN.containsKey(path) || DAEMON.containsKey(path) || isRpc(path);
    }

    public void answer(HttpExchange exchange, SandboxId id) throws IOException {
        exchange.notes().sandbox = id.value();
        var path = exchange.path();
        if (!serves(path)) {
            throw nothing(path);
        }
        if (PLAIN.containsKey(path)) {
            exchange.notes().route = "envd " + path;
        }
        if (forwardedOrRefused(exchange, path, () -> peerForwarding.answerKnown(exchange, id))) {
            return;
        }
        try (var call = access.call(exchange, id)) {
            if (forwardedOrRefused(exchange, path, () -> peerForwarding.answer(call))) {
                return;
            }
            switch (path) {
                case HEALTH -> health(call);
                case VARIABLES -> variables(call);
                case FileAccess.FILES -> files(call);
                default -> {
                    if (isRpc(path)) {
                        rpc(call, path);
                    } else {
                        daemon(call, path);
                    }
                }
            }
        }
    }

    /** Returns true if the call has been answered: by the server of another host, or with the failure to reach that server. */
    private static boolean forwardedOrRefused(HttpExchange exchange, String path, BooleanSupplier peerForwarding)
            throws IOException {
        try {
            return peerForwarding.getAsBoolean();
        } catch (SandboxException e) {
            if (!isRpc(path) || exchange.committed()) {
                throw e;
            }
            ErrorMapping.retryAfter(exchange, e);
            Rpc.refuse(exchange, ErrorMapping.rpc(e));
            return true;
        }
    }

    private static boolean isRpc(String path) {
        return path.startsWith(PROCESS) || path.startsWith(FILESYSTEM);
    }

    private static E2bException nothing(String path) {
        return new E2bException(404, "there is nothing at " + path);
    }

    /** Answers 204. Does not wake a paused sandbox. */
    private void health(SandboxCall call) throws IOException {
        requireMethod(call, HEALTH_METHODS);
        if (!passedIfRunning(call)) {
            call.exchange().empty(204);
        }
    }

    private void variables(SandboxCall call) throws IOException {
        fileAccess.requireToken(call);
        requireMethod(call, HEALTH_METHODS);
        if (!passedIfRunning(call)) {
            call.exchange().json(200, snapshots.variables(call.sandbox()));
        }
    }

    private boolean passedIfRunning(SandboxCall call) throws IOException {
        return call.isRunning() && passage.answer(call, Target.ENVD_PORT);
    }

    private void daemon(SandboxCall call, String path) throws IOException {
        fileAccess.requireToken(call);
        requireMethod(call, DAEMON.getOrDefault(path, List.of()));
        call.wake();
        if (!passage.answer(call, Target.ENVD_PORT)) {
            throw nothing(path);
        }
    }

    private void files(SandboxCall call) throws IOException {
        fileAccess.requireTokenOrSignature(call);
        requireMethod(call, FILES_METHODS);
        call.wake();
        if (passage.answer(call, Target.ENVD_PORT)) {
            return;
        }
        try {
            if (call.exchange().method().equals("POST")) {
                FileUpload.answer(call);
            } else {
                FileDownload.answer(call);
            }
        } catch (SandboxException e) {
            throw ErrorMapping.files(e, call.exchange().query("path"));
        } catch (ConnectException e) {
            throw new E2bException(e.code().httpStatus(), String.valueOf(e.getMessage()));
        }
    }

    private void rpc(SandboxCall call, String path) throws IOException {
        fileAccess.requireToken(call);
        requireMethod(call, List.of("POST"));
        call.exchange().notes().route = path.startsWith(PROCESS) ? "envd process" : "envd filesystem";
        try {
            call.wake();
        } catch (SandboxException e) {
            Rpc.refuse(call.exchange(), ErrorMapping.rpc(e));
            return;
        }
        var name = path.substring(path.lastIndexOf('/') + 1);
        if (METHOD.matcher(name).matches()
                && (path.equals(PROCESS + name) || path.equals(FILESYSTEM + name))
                && passage.answer(call, Target.ENVD_PORT)) {
            return;
        }
        var rpc = new Rpc(call.exchange(), call);
        if (path.startsWith(PROCESS)) {
            processes.answer(path.substring(PROCESS.length()), rpc);
        } else {
            files.answer(path.substring(FILESYSTEM.length()), rpc);
        }
    }

    private static void requireMethod(SandboxCall call, List<String> allowed) {
        var exchange = call.exchange();
        if (!allowed.contains(exchange.method())) {
            exchange.header("Allow", String.join(", ", allowed));
            throw new E2bException(405, exchange.method() + " is not allowed here");
        }
    }
}
