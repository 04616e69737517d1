package dev.sandboxer.http.e2b.envd;

import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.ErrorMapping;
import dev.sandboxer.http.e2b.edge.FileAccess;
import dev.sandboxer.http.e2b.edge.InterruptibleCalls;
import dev.sandboxer.http.e2b.edge.Passage;
import dev.sandboxer.http.e2b.edge.SandboxAccess;
import dev.sandboxer.http.e2b.edge.Target;
import dev.sandboxer.lifecycle.Snapshots;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxState;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What E2B's in-sandbox daemon answers at its port: health, files, processes. */
public final class DataPlane implements AutoCloseable {
    private static final String PROCESS = "/process.Process/";
    private static final String FILESYSTEM = "/filesystem.Filesystem/";
    private static final String HEALTH = "/health";
    private static final String VARIABLES = "/envs";

    private static final List<String> HEALTH_METHODS = List.of("GET", "HEAD");
    private static final List<String> FILES_METHODS = List.of("GET", "HEAD", "POST");

    /** What is answered over plain HTTP, beside the two services: methods by path. */
    public static final Map<String, List<String>> PLAIN =
            Map.of(HEALTH, HEALTH_METHODS, VARIABLES, HEALTH_METHODS, FileAccess.FILES, FILES_METHODS);

    /** What only the sandbox's own daemon can answer, when there is one. */
    private static final Map<String, List<String>> DAEMON =
            Map.of("/metrics", HEALTH_METHODS, "/files/compose", List.of("POST"));

    private static final Pattern METHOD = Pattern.compile("[A-Za-z]{1,100}");

    private final SandboxAccess access;
    private final Passage passage;
    private final Snapshots snapshots;
    private final FileAccess fileAccess;
    private final Watchers watchers = new Watchers();
    private final SandboxLogs logs;
    private final ProcessService processes;
    private final FileService files;
    private final FileDownload download;
    private final FileUpload upload;

    public DataPlane(
            SandboxAccess access,
            InterruptibleCalls calls,
            Passage passage,
            Snapshots snapshots,
            FileAccess fileAccess,
            InstantSource clock) {
        this.access = access;
        this.passage = passage;
        this.snapshots = snapshots;
        this.fileAccess = fileAccess;
        this.logs = new SandboxLogs(clock);
        this.processes = new ProcessService(calls, logs, clock);
        this.files = new FileService(calls, watchers, clock);
        this.download = new FileDownload(calls);
        this.upload = new FileUpload(calls);
    }

    /** What was done in each sandbox through here. */
    public SandboxLogs logs() {
        return logs;
    }

    /** Forgets what is kept of all sandboxes but these. */
    public void keepOnly(Collection<SandboxId> live) {
        logs.keepOnly(live);
        watchers.keepOnly(live);
    }

    @Override
    public void close() {
        watchers.close();
    }

    public void answer(HttpExchange exchange, SandboxId id) throws IOException {
        exchange.notes().sandbox = id.value();
        var path = exchange.path();
        if (path.equals(HEALTH)) {
            exchange.notes().route = "envd /health";
            health(exchange, access.find(id));
        } else if (path.equals(VARIABLES)) {
            exchange.notes().route = "envd /envs";
            variables(exchange, access.find(id));
        } else if (path.equals(FileAccess.FILES)) {
            exchange.notes().route = "envd /files";
            files(exchange, id);
        } else if (path.startsWith(PROCESS) || path.startsWith(FILESYSTEM)) {
            rpc(exchange, id, path);
        } else if (!DAEMON.containsKey(path) || !daemon(exchange, access.find(id))) {
            throw new E2bException(404, "there is nothing at " + path);
        }
    }

    /** One that is paused is not woken by this. */
    private void health(HttpExchange exchange, Sandbox there) throws IOException {
        requireMethod(exchange, HEALTH_METHODS);
        if (!passedIfRunning(exchange, there)) {
            exchange.empty(204);
        }
    }

    private void variables(HttpExchange exchange, Sandbox there) throws IOException {
        fileAccess.requireToken(exchange, there.id());
        requireMethod(exchange, HEALTH_METHODS);
        if (!passedIfRunning(exchange, there)) {
            exchange.json(200, snapshots.variables(there));
        }
    }

    private boolean passedIfRunning(HttpExchange exchange, Sandbox there) throws IOException {
        return there.state() == SandboxState.RUNNING && passage.answer(exchange, there, Target.ENVD_PORT);
    }

    private boolean daemon(HttpExchange exchange, Sandbox there) throws IOException {
        fileAccess.requireToken(exchange, there.id());
        requireMethod(exchange, DAEMON.getOrDefault(exchange.path(), List.of()));
        return passage.answer(exchange, access.awake(there), Target.ENVD_PORT);
    }

    private void files(HttpExchange exchange, SandboxId id) throws IOException {
        var there = access.find(id);
        fileAccess.requireTokenOrSignature(exchange, id);
        requireMethod(exchange, FILES_METHODS);
        var sandbox = access.awake(there);
        if (passage.answer(exchange, sandbox, Target.ENVD_PORT)) {
            return;
        }
        try {
            if (exchange.method().equals("POST")) {
                upload.answer(exchange, sandbox);
            } else {
                download.answer(exchange, sandbox);
            }
        } catch (SandboxException e) {
            throw ErrorMapping.files(e, exchange.query("path"));
        } catch (ConnectException e) {
            throw new E2bException(e.code().httpStatus(), String.valueOf(e.getMessage()));
        }
    }

    private void rpc(HttpExchange exchange, SandboxId id, String path) throws IOException {
        var there = access.find(id);
        fileAccess.requireToken(exchange, id);
        requireMethod(exchange, List.of("POST"));
        exchange.notes().route = path.startsWith(PROCESS) ? "envd process" : "envd filesystem";
        Sandbox sandbox;
        try {
            sandbox = access.awake(there);
        } catch (SandboxException e) {
            Rpc.refuse(exchange, ErrorMapping.rpc(e));
            return;
        }
        var name = path.substring(path.lastIndexOf('/') + 1);
        if (METHOD.matcher(name).matches()
                && (path.equals(PROCESS + name) || path.equals(FILESYSTEM + name))
                && passage.answer(exchange, sandbox, Target.ENVD_PORT)) {
            return;
        }
        var rpc = new Rpc(exchange, sandbox);
        if (path.startsWith(PROCESS)) {
            processes.answer(path.substring(PROCESS.length()), rpc);
        } else {
            files.answer(path.substring(FILESYSTEM.length()), rpc);
        }
    }

    private static void requireMethod(HttpExchange exchange, List<String> allowed) {
        if (!allowed.contains(exchange.method())) {
            exchange.header("Allow", String.join(", ", allowed));
            throw new E2bException(405, exchange.method() + " is not allowed here");
        }
    }
}
