package dev.sandboxer.modal.router;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSnapshot;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.modal.control.ControlClient;
import dev.sandboxer.modal.control.SandboxCalls;
import dev.sandboxer.modal.control.SandboxRecord;
import dev.sandboxer.protocol.modal.ClientProto.ImageDeleteRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageListTagsRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImageNameDeleteRequest;
import dev.sandboxer.protocol.modal.ClientProto.ImagePublishRequest;
import dev.sandboxer.protocol.modal.ModalClientGrpc;
import dev.sandboxer.protocol.modal.RouterProto.TaskSnapshotFilesystemRequest;
import dev.sandboxer.protocol.modal.TaskCommandRouterGrpc;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Snapshots of file systems, which at Modal are images. Each is published under a name of ours, by which every server of the installation
 * finds it. Thread-safe.
 */
public final class ModalSnapshots {
    private static final String DOING = "making a snapshot";
    private static final long NEVER = -1;

    private final ExtensionContext context;
    private final ControlClient client;
    private final SandboxCalls sandboxes;
    private final SandboxConnections connections;

    public ModalSnapshots(
            ExtensionContext context, ControlClient client, SandboxCalls sandboxes, SandboxConnections connections) {
        this.context = context;
        this.client = client;
        this.sandboxes = sandboxes;
        this.connections = connections;
    }

    /** A snapshot of ours and the image that it is. */
    private record Kept(String tag, String image, SnapshotName name) {
        BackendSnapshot toSnapshot() {
            return new BackendSnapshot(name.name(), image, name.diskMiB(), name.createdAt());
        }
    }

    public BackendSnapshot snapshot(BackendRef sandbox, String name) {
        if (!SnapshotName.canBe(name)) {
            throw ExtensionException.notApplied(Kind.INVALID, "a snapshot's name has lower-case letters and digits");
        }
        if (find(name).isPresent()) {
            throw ExtensionException.notApplied(Kind.INVALID, "there is a snapshot \"" + name + "\" already");
        }
        sandboxes.requireRunning(sandbox);
        var disk = sandboxes
                .record(sandbox)
                .map(SandboxRecord::size)
                .orElseThrow(
                        () -> ExtensionException.notApplied(Kind.INVALID, sandbox + " is none of this installation's"))
                .diskMiB();
        var kept = new SnapshotName(
                context.installation(), name, disk, context.clock().instant());
        var image = image(connections.router(sandbox));
        publish(image, kept);
        return new Kept(kept.toString(), image, kept).toSnapshot();
    }

    private String image(RouterChannel router) {
        var id = UUID.randomUUID().toString();
        try {
            return router.call(
                            Context.ROOT,
                            TaskCommandRouterGrpc.getTaskSnapshotFilesystemMethod(),
                            task -> TaskSnapshotFilesystemRequest.newBuilder()
                                    .setTaskId(task)
                                    .setSnapshotId(id)
                                    .setTtlSeconds(NEVER)
                                    .build(),
                            client.timeouts().creation(),
                            DOING)
                    .getImageId();
        } catch (StatusRuntimeException e) {
            throw switch (router.failure(e, DOING)) {
                case OperationException refused ->
                    ExtensionException.notApplied(Kind.UNSUPPORTED, String.valueOf(refused.getMessage()));
                case RuntimeException failure -> failure;
            };
        }
    }

    /** An image that nobody can find again is deleted. */
    private void publish(String image, SnapshotName name) {
        var request = ImagePublishRequest.newBuilder()
                .setImageId(image)
                .setTag(name.toString())
                .setEnvironmentName(client.account().environment())
                .build();
        try {
            client.change(ModalClientGrpc.getImagePublishMethod(), request, DOING, null);
        } catch (ExtensionException e) {
            try {
                delete(image);
            } catch (ExtensionException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    public List<BackendSnapshot> snapshots() {
        return kept().stream().map(Kept::toSnapshot).toList();
    }

    public void deleteSnapshot(String name) {
        find(name).ifPresent(kept -> {
            delete(kept.image());
            var request = ImageNameDeleteRequest.newBuilder().setTag(kept.tag()).build();
            ignoringAbsence(() -> client.change(
                    ModalClientGrpc.getImageNameDeleteMethod(), request, "deleting a snapshot's name", null));
        });
    }

    private void delete(String image) {
        var request = ImageDeleteRequest.newBuilder().setImageId(image).build();
        ignoringAbsence(
                () -> client.change(ModalClientGrpc.getImageDeleteMethod(), request, "deleting a snapshot", null));
    }

    private static void ignoringAbsence(Runnable call) {
        try {
            call.run();
        } catch (ExtensionException e) {
            if (e.kind() != Kind.INVALID) { // NOT_FOUND of something that is no sandbox
                throw e;
            }
        }
    }

    private Optional<Kept> find(String name) {
        return kept().stream().filter(it -> it.name().name().equals(name)).findFirst();
    }

    private List<Kept> kept() {
        var all = new ArrayList<Kept>();
        var request = ImageListTagsRequest.newBuilder()
                .setEnvironmentName(client.account().environment())
                .setTagPrefix(SnapshotName.prefix(context.installation()));
        String next;
        do {
            var page =
                    client.read(ModalClientGrpc.getImageListTagsMethod(), request.build(), "listing snapshots", null);
            for (var item : page.getItemsList()) {
                SnapshotName.parse(item.getTag())
                        .filter(it -> it.installation().equals(context.installation()))
                        .ifPresent(it -> all.add(new Kept(item.getTag(), item.getImageId(), it)));
            }
            next = page.getNextPageToken();
            if (next.equals(request.getPageToken()) && !next.isEmpty()) {
                throw client.errors().malformed("listing snapshots", "the same page twice");
            }
            request.setPageToken(next);
        } while (!next.isEmpty());
        return all;
    }
}
