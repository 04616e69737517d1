package dev.sandboxer.http.e2b;

import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.Exchange;
import dev.sandboxer.lifecycle.SandboxId;
import java.io.IOException;

/** What E2B's in-sandbox daemon answers at its port: health, files, processes. */
final class DataPlane {
    private static final String PROCESS = "/process.Process/";
    private static final String FILESYSTEM = "/filesystem.Filesystem/";

    private final Inside inside;
    private final FileAccess access;
    private final ProcessService processes;
    private final FileService files;
    private final FileDownload download;
    private final FileUpload upload;

    DataPlane(Inside inside, FileAccess access, ProcessService processes, FileService files) {
        this.inside = inside;
        this.access = access;
        this.processes = processes;
        this.files = files;
        this.download = new FileDownload(inside);
        this.upload = new FileUpload(inside);
    }

    void answer(Exchange exchange, SandboxId id) throws IOException {
        exchange.notes().sandbox = id.value();
        var path = exchange.path();
        if (path.equals("/health")) {
            exchange.notes().route = "envd /health";
            inside.find(id);
            exchange.empty(204);
        } else if (path.equals("/files")) {
            exchange.notes().route = "envd /files";
            files(exchange, id);
        } else if (path.startsWith(PROCESS) || path.startsWith(FILESYSTEM)) {
            rpc(exchange, id, path);
        } else {
            throw new E2bException(404, "there is nothing at " + path);
        }
    }

    private void files(Exchange exchange, SandboxId id) throws IOException {
        var there = inside.find(id);
        access.requireTokenOrSignature(exchange, id);
        var sandbox = inside.awake(there);
        try {
            switch (exchange.method()) {
                case "GET", "HEAD" -> download.answer(exchange, sandbox);
                case "POST" -> upload.answer(exchange, sandbox);
                default -> throw notAllowed(exchange, "GET, HEAD, POST");
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
        if (!exchange.method().equals("POST")) {
            throw notAllowed(exchange, "POST");
        }
        var rpc = new Rpc(exchange, inside.awake(there));
        if (path.startsWith(PROCESS)) {
            var method = path.substring(PROCESS.length());
            exchange.notes().route = "envd process";
            processes.answer(method, rpc);
        } else {
            exchange.notes().route = "envd filesystem";
            files.answer(path.substring(FILESYSTEM.length()), rpc);
        }
    }

    private static E2bException notAllowed(Exchange exchange, String allowed) {
        exchange.header("Allow", allowed);
        return new E2bException(405, exchange.method() + " is not allowed here");
    }
}
