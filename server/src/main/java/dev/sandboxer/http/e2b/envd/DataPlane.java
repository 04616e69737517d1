package dev.sandboxer.http.e2b.envd;

import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.Exchange;
import dev.sandboxer.http.e2b.edge.E2bErrors;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.FileAccess;
import dev.sandboxer.http.e2b.edge.Inside;
import dev.sandboxer.http.e2b.edge.Passage;
import dev.sandboxer.http.e2b.edge.Target;
import dev.sandboxer.http.e2b.edge.Visits;
import dev.sandboxer.lifecycle.Sandbox;
import dev.sandboxer.lifecycle.SandboxId;
import dev.sandboxer.lifecycle.SandboxState;
import dev.sandboxer.lifecycle.Snapshots;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What E2B's in-sandbox daemon answers at its port: health, files, processes. */
public final class DataPlane {
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

    private final Inside inside;
    private final Passage passage;
    private final Snapshots snapshots;
    private final FileAccess access;
    private final ProcessService processes;
    private final FileService files;
    private final FileDownload download;
    private final FileUpload upload;

    public DataPlane(
            Inside inside,
            Visits visits,
            Passage passage,
            Snapshots snapshots,
            FileAccess access,
            ProcessService processes,
            FileService files) {
        this.inside = inside;
        this.passage = passage;
        this.snapshots = snapshots;
        this.access = access;
        this.processes = processes;
        this.files = files;
        this.download = new FileDownload(visits);
        this.upload = new FileUpload(visits);
    }

    public void answer(Exchange exchange, SandboxId id) throws IOException {
        exchange.notes().sandbox = id.value();
        var path = exchange.path();
        if (path.equals(HEALTH)) {
            exchange.notes().route = "envd /health";
            health(exchange, inside.find(id));
        } else if (path.equals(VARIABLES)) {
            exchange.notes().route = "envd /envs";
            variables(exchange, inside.find(id));
        } else if (path.equals(FileAccess.FILES)) {
            exchange.notes().route = "envd /files";
            files(exchange, id);
        } else if (path.startsWith(PROCESS) || path.startsWith(FILESYSTEM)) {
            rpc(exchange, id, path);
        } else if (!DAEMON.containsKey(path) || !daemon(exchange, inside.find(id))) {
            throw new E2bException(404, "there is nothing at " + path);
        }
    }

    /** One that is paused is not woken by this. */
    private void health(Exchange exchange, Sandbox there) throws IOException {
        requireMethod(exchange, HEALTH_METHODS);
        if (!passedIfRunning(exchange, there)) {
            exchange.empty(204);
        }
    }

    private void variables(Exchange exchange, Sandbox there) throws IOException {
        access.requireToken(exchange, there.id());
        requireMethod(exchange, HEALTH_METHODS);
        if (!passedIfRunning(exchange, there)) {
            exchange.json(200, snapshots.variables(there));
        }
    }

    private boolean passedIfRunning(Exchange exchange, Sandbox there) throws IOException {
        return there.state() == SandboxState.RUNNING && passage.answer(exchange, there, Target.ENVD_PORT);
    }

    private boolean daemon(Exchange exchange, Sandbox there) throws IOException {
        access.requireToken(exchange, there.id());
        requireMethod(exchange, DAEMON.getOrDefault(exchange.path(), List.of()));
        return passage.answer(exchange, inside.awake(there), Target.ENVD_PORT);
    }

    private void files(Exchange exchange, SandboxId id) throws IOException {
        var there = inside.find(id);
        access.requireTokenOrSignature(exchange, id);
        requireMethod(exchange, FILES_METHODS);
        var sandbox = inside.awake(there);
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
            throw E2bErrors.files(e, exchange.query("path"));
        } catch (ConnectException e) {
            throw new E2bException(e.code().httpStatus(), String.valueOf(e.getMessage()));
        }
    }

    private void rpc(Exchange exchange, SandboxId id, String path) throws IOException {
        var there = inside.find(id);
        access.requireToken(exchange, id);
        requireMethod(exchange, List.of("POST"));
        exchange.notes().route = path.startsWith(PROCESS) ? "envd process" : "envd filesystem";
        Sandbox sandbox;
        try {
            sandbox = inside.awake(there);
        } catch (SandboxException e) {
            Rpc.refuse(exchange, E2bErrors.rpc(e));
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

    private static void requireMethod(Exchange exchange, List<String> allowed) {
        if (!allowed.contains(exchange.method())) {
            exchange.header("Allow", String.join(", ", allowed));
            throw new E2bException(405, exchange.method() + " is not allowed here");
        }
    }
}
