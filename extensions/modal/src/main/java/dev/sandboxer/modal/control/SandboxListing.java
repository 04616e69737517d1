package dev.sandboxer.modal.control;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.protocol.modal.ClientProto.SandboxInfo;
import dev.sandboxer.protocol.modal.ClientProto.SandboxListRequest;
import dev.sandboxer.protocol.modal.ModalClientGrpc;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Finds the sandboxes of this installation by their tags, in all apps of the environment. A sandbox is ours only if it
 * has our tag, whatever its name. Thread-safe.
 */
public final class SandboxListing {
    private static final String ACTION = "listing sandboxes";

    private final ExtensionContext context;
    private final ControlClient client;

    public SandboxListing(ExtensionContext context, ControlClient client) {
        this.context = context;
        this.client = client;
    }

    /** An empty answer makes the caller drop the sandbox, so this asks twice. */
    public Optional<BackendSandbox> find(SandboxTag tag) {
        var found = findOnce(tag);
        if (found.isPresent()) {
            return found;
        }
        Delay.sleep(client.timeouts().delays().poll());
        return findOnce(tag);
    }

    private Optional<BackendSandbox> findOnce(SandboxTag tag) {
        return listByTag(SandboxRecord.TAG, tag.toString()).stream()
                .filter(it -> it.tag().equals(tag))
                .findFirst();
    }

    public List<BackendSandbox> list() {
        return listByTag(SandboxRecord.INSTALLATION, context.installation()).stream()
                .filter(it -> it.tag().installation().equals(context.installation()))
                .toList();
    }

    private List<BackendSandbox> listByTag(String tag, String value) {
        var request = SandboxListRequest.newBuilder()
                .setEnvironmentName(client.account().environment())
                .addTags(SandboxRecord.tag(tag, value));
        var all = new LinkedHashMap<String, SandboxInfo>();
        var page = page(request);
        while (!page.isEmpty()) {
            var known = all.size();
            page.forEach(one -> all.putIfAbsent(one.getId(), one));
            if (all.size() == known) {
                throw client.errors().malformed(ACTION, "the same page twice");
            }
            request.setBeforeTimestamp(page.getLast().getCreatedAt());
            page = page(request);
        }
        var ours = new ArrayList<BackendSandbox>();
        for (SandboxInfo one : all.values()) {
            SandboxRecord.of(one.getTagsList())
                    .ifPresent(it -> ours.add(it.toSandbox(new BackendRef(one.getId()), readyAt(one))));
        }
        return ours;
    }

    /** Returns the next page, newest first. */
    private List<SandboxInfo> page(SandboxListRequest.Builder request) {
        return client.read(ModalClientGrpc.getSandboxListV2Method(), request.build(), ACTION, null)
                .getSandboxesList();
    }

    private static Instant readyAt(SandboxInfo info) {
        var started = info.getTaskInfo().getStartedAt();
        var seconds = info.hasReadyAt() && info.getReadyAt() > 0
                ? info.getReadyAt()
                : started > 0 ? started : info.getCreatedAt();
        return Instant.ofEpochMilli((long) (seconds * 1000));
    }
}
