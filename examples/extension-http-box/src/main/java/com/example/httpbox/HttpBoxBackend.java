package com.example.httpbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.CreationProgress.Stage;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.support.ExecProcesses;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Manages the boxes of one account. A box's name is its tag, so that {@link #find} needs only one call. */
final class HttpBoxBackend implements Backend {
    /** The nominal size of a box: the service enforces no limits. */
    private static final SandboxSize SIZE = new SandboxSize(1000, 1024, 1024);

    private static final byte[] NOTHING = {};
    private static final String BOXES = "/boxes";

    private final HttpBoxExtension extension;
    private final ExtensionContext context;
    private final BoxClient client;
    private final Map<BackendRef, ExecProcesses> processes = new ConcurrentHashMap<>();

    HttpBoxBackend(HttpBoxExtension extension, ExtensionContext context, BoxClient client) {
        this.extension = extension;
        this.context = context;
        this.client = client;
    }

    @Override
    public void check() {
        client.call("GET", BOXES, NOTHING, 200);
    }

    @Override
    public BackendSandbox create(CreateRequest request) {
        extension.supports(request.spec()).require();
        request.report(Stage.STARTING, "starting a box");
        var variables = request.spec().env().entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue() + "\0")
                .collect(Collectors.joining());
        var path = path(new BackendRef(request.tag().toString()))
                + "?deadline=" + request.deadline().toEpochMilli();
        return read(client.call("PUT", path, variables.getBytes(UTF_8), 201).text());
    }

    @Override
    public Optional<BackendSandbox> find(SandboxTag tag) {
        return describe(new BackendRef(tag.toString()));
    }

    @Override
    public Optional<BackendSandbox> describe(BackendRef sandbox) {
        var answer = client.call("GET", path(sandbox), NOTHING, 200, 404);
        return answer.status() == 404 ? Optional.empty() : Optional.of(read(answer.text()));
    }

    @Override
    public List<BackendSandbox> list() {
        return client.call("GET", BOXES, NOTHING, 200).text().lines()
                .filter(line -> line.startsWith(context.installation() + "-"))
                .map(HttpBoxBackend::read)
                .toList();
    }

    @Override
    public Instant setDeadline(BackendRef sandbox, Instant deadline) {
        var path = path(sandbox) + "/deadline?at=" + deadline.toEpochMilli();
        return read(client.call("POST", path, NOTHING, 200).text()).deadline();
    }

    @Override
    public void destroy(BackendRef sandbox) {
        client.call("DELETE", path(sandbox), NOTHING, 200);
        processes.remove(sandbox);
    }

    @Override
    public Session connect(BackendRef sandbox) {
        requireAlive(sandbox);
        var exec = new BoxExec(client, path(sandbox), () -> requireAlive(sandbox));
        return new BoxSession(exec, processes.computeIfAbsent(sandbox, _ -> new ExecProcesses(exec, BoxSession.USER)));
    }

    /** Throws {@code GONE} if the box has ended. */
    private void requireAlive(BackendRef sandbox) {
        if (describe(sandbox).isEmpty()) {
            processes.remove(sandbox);
            throw ExtensionException.gone(sandbox);
        }
    }

    private static String path(BackendRef sandbox) {
        return BOXES + "/" + sandbox;
    }

    /** Parses a line of the service: name, creation time, deadline. */
    private static BackendSandbox read(String line) {
        try {
            var words = line.strip().split(" ");
            return new BackendSandbox(
                    new BackendRef(words[0]),
                    SandboxTag.parse(words[0]),
                    SIZE,
                    Instant.ofEpochMilli(Long.parseLong(words[1])),
                    Instant.ofEpochMilli(Long.parseLong(words[2])),
                    false);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw ExtensionException.unknown(Kind.INTERNAL, "the service's response doesn't describe a box", e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
