package dev.sandboxer.modal.router;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.BackendSnapshot;
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
 * Snapshots of file systems, which are images at Modal. Each is published under a name that sand-boxer chooses, so that every server of
 * the installation finds it. Thread-safe.
 */
public final class ModalSnapshots {
    private static final String ACTION = "making a snapshot";
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

    /** A snapshot of this installation and its image. */
    private record OwnSnapshot(String tag, String image, SnapshotName name) {
        BackendSnapshot toSnapshot() {
            return new BackendSnapshot(name.name(), image, name.diskMiB(), name.createdAt());
        }
    }

    public BackendSnapshot snapshot(BackendRef sandbox, String name) {
        if (!SnapshotName.isValid(name)) {
            throw ExtensionException.notApplied(
                    Kind.INVALID, "a snapshot's name must be 1 to 40 lower-case letters and digits");
        }
        if (find(name).isPresent()) {
            throw ExtensionException.notApplied(
                    Kind.INVALID, "a snapshot named \"" + name + "\" already exists; choose another name");
        }
        sandboxes.requireRunning(sandbox);
        var disk = sandboxes
                .record(sandbox)
                .map(SandboxRecord::size)
                .orElseThrow(() -> ExtensionException.notApplied(
                        Kind.INVALID, "the sandbox " + sandbox + " does not belong to this installation"))
                .diskMiB();
        var fullName = new SnapshotName(
                context.installation(), name, disk, context.clock().instant());
        var image = makeImage(connections.router(sandbox));
        publish(image, fullName);
        return new OwnSnapshot(fullName.toString(), image, fullName).toSnapshot();
    }

    private String makeImage(RouterChannel router) {
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
                            ACTION)
                    .getImageId();
        } catch (StatusRuntimeException e) {
            throw switch (router.failure(e, ACTION)) {
                case OperationException refused ->
                    ExtensionException.notApplied(Kind.UNSUPPORTED, String.valueOf(refused.getMessage()));
                case RuntimeException failure -> failure;
            };
        }
    }

    /** Publishes an image under its name. Deletes the image if that fails, since nobody could find it again. */
    private void publish(String image, SnapshotName name) {
        var request = ImagePublishRequest.newBuilder()
                .setImageId(image)
                .setTag(name.toString())
                .setEnvironmentName(client.account().environment())
                .build();
        try {
            client.change(ModalClientGrpc.getImagePublishMethod(), request, ACTION, null);
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
        return ownSnapshots().stream().map(OwnSnapshot::toSnapshot).toList();
    }

    public void deleteSnapshot(String name) {
        find(name).ifPresent(snapshot -> {
            delete(snapshot.image());
            var request =
                    ImageNameDeleteRequest.newBuilder().setTag(snapshot.tag()).build();
            client.delete(ModalClientGrpc.getImageNameDeleteMethod(), request, "deleting a snapshot's name");
        });
    }

    private void delete(String image) {
        var request = ImageDeleteRequest.newBuilder().setImageId(image).build();
        client.delete(ModalClientGrpc.getImageDeleteMethod(), request, "deleting a snapshot");
    }

    private Optional<OwnSnapshot> find(String name) {
        return ownSnapshots().stream()
                .filter(it -> it.name().name().equals(name))
                .findFirst();
    }

    private List<OwnSnapshot> ownSnapshots() {
        var all = new ArrayList<OwnSnapshot>();
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
                        .ifPresent(it -> all.add(new OwnSnapshot(item.getTag(), item.getImageId(), it)));
            }
            next = page.getNextPageToken();
            if (next.equals(request.getPageToken()) && !next.isEmpty()) {
                throw client.errors().malformed("listing snapshots", "the answer has the same page twice");
            }
            request.setPageToken(next);
        } while (!next.isEmpty());
        return all;
    }
}
