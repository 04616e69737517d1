package dev.sandboxer.http.modal.router;

import com.google.protobuf.ByteString;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.http.modal.router.snapshot.DirectoryImages;
import dev.sandboxer.http.modal.router.snapshot.Mounts;
import dev.sandboxer.http.modal.router.snapshot.Tar;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.protocol.modal.RouterProto.TaskMountDirectoryRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskSnapshotDirectoryRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskSnapshotDirectoryResponse;
import dev.sandboxer.protocol.modal.RouterProto.TaskSnapshotFilesystemRequest;
import dev.sandboxer.protocol.modal.RouterProto.TaskSnapshotFilesystemResponse;
import dev.sandboxer.protocol.modal.RouterProto.TaskUnmountDirectoryRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The calls of the router about kept disks and directories. */
final class SnapshotCalls {
    private static final Pattern SNAPSHOT_ID = Pattern.compile("[A-Za-z0-9_-]{1,100}");
    private static final Set<String> SYSTEM = Set.of("", "/proc", "/sys", "/dev", "/__modal");
    private static final Duration USUAL_LIFE = Duration.ofDays(30);
    private static final Duration LONGEST_LIFE = Duration.ofDays(10_000);

    private final Sandboxes sandboxes;
    private final IdleTimeouts idle;
    private final RouterAccess access;
    private final DirectoryImages images;

    /** Of two calls for the same snapshot, the second waits for the first. */
    private final ConcurrentHashMap<String, ReentrantLock> making = new ConcurrentHashMap<>();

    SnapshotCalls(Sandboxes sandboxes, IdleTimeouts idle, RouterAccess access, DirectoryImages images) {
        this.sandboxes = sandboxes;
        this.idle = idle;
        this.access = access;
        this.images = images;
    }

    private interface Making<T> {
        T make() throws InterruptedException;
    }

    private <T> T once(Sandbox sandbox, String snapshotId, Making<T> work) throws InterruptedException {
        if (!SNAPSHOT_ID.matcher(snapshotId).matches()) {
            throw invalid("snapshot_id has to be a UUID");
        }
        var key = sandbox.id() + "/" + snapshotId;
        var lock = making.computeIfAbsent(key, it -> new ReentrantLock());
        lock.lockInterruptibly();
        try {
            return work.make();
        } finally {
            lock.unlock();
            making.remove(key, lock);
        }
    }

    /** Keeps the whole disk. */
    TaskSnapshotFilesystemResponse filesystem(TaskSnapshotFilesystemRequest request) throws InterruptedException {
        requireMainContainer(request.getContainerId());
        if (!request.hasTtlSeconds()) {
            throw invalid("ttl_seconds has to be set");
        }
        life(request.getTtlSeconds());
        var sandbox = access.running(request.getTaskId());
        return once(sandbox, request.getSnapshotId(), () -> {
            var name = "modal-" + request.getSnapshotId();
            var snapshot = sandboxes
                    .snapshots()
                    .find(sandbox.consumer(), name)
                    .orElseGet(() -> sandboxes.snapshots().make(sandbox, name));
            return TaskSnapshotFilesystemResponse.newBuilder()
                    .setImageId("im-" + snapshot.id())
                    .build();
        });
    }

    /** Keeps one directory. */
    TaskSnapshotDirectoryResponse directory(TaskSnapshotDirectoryRequest request) throws InterruptedException {
        requireMainContainer(request.getContainerId());
        var path = path(request.getPath());
        var life = request.hasTtlSeconds() ? life(request.getTtlSeconds()) : USUAL_LIFE;
        var sandbox = access.running(request.getTaskId());
        return once(sandbox, request.getSnapshotId(), () -> {
            var id = DirectoryImages.id(sandbox.id(), request.getSnapshotId());
            if (!images.exists(sandbox.consumer(), id)) {
                work(
                        sandbox,
                        session -> images.keep(sandbox.consumer(), id, life, out -> Tar.pack(session, path, out)));
            }
            return TaskSnapshotDirectoryResponse.newBuilder().setImageId(id).build();
        });
    }

    /** Puts a kept directory, or an empty one, at a path. */
    void mount(TaskMountDirectoryRequest request) throws InterruptedException {
        requireMainContainer(request.getContainerId());
        var path = mountPoint(request.getPath());
        var sandbox = access.running(request.getTaskId());
        var image = request.getImageId();
        var tar = image.isEmpty() ? null : content(sandbox, image);
        work(sandbox, session -> Mounts.mount(session, path, image, tar));
    }

    private Path content(Sandbox sandbox, String image) {
        return images.find(sandbox.consumer(), image)
                .orElseThrow(() -> DirectoryImages.isMeant(image)
                        ? Status.NOT_FOUND
                                .withDescription("there is no image " + image)
                                .asRuntimeException()
                        : Status.UNIMPLEMENTED
                                .withDescription(
                                        "only snapshots of directories can be mounted here, not image " + image)
                                .asRuntimeException());
    }

    /** Removes what was mounted at a path. */
    void unmount(TaskUnmountDirectoryRequest request) throws InterruptedException {
        requireMainContainer(request.getContainerId());
        var path = mountPoint(request.getPath());
        work(access.running(request.getTaskId()), session -> Mounts.unmount(session, path));
    }

    private interface Work {
        void in(Session session) throws IOException, InterruptedException;
    }

    private void work(Sandbox sandbox, Work work) throws InterruptedException {
        idle.inUse(sandbox);
        sandboxes.<Boolean, InterruptedException>use(sandbox, session -> {
            try {
                work.in(session);
                return true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static String path(ByteString bytes) {
        if (!bytes.isValidUtf8()) {
            throw invalid("the path is not UTF-8");
        }
        var path = bytes.toStringUtf8();
        if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
            throw invalid("the path has to be absolute: " + path);
        }
        return path;
    }

    private static String mountPoint(ByteString bytes) {
        var path = path(bytes).replaceAll("/+$", "");
        if (SYSTEM.contains(path) || List.of(path.split("/", -1)).contains("..")) {
            throw invalid("nothing can be mounted at '" + bytes.toStringUtf8() + "'");
        }
        return path;
    }

    private static @Nullable Duration life(long seconds) {
        if (seconds == -1) {
            return null;
        }
        if (seconds < 1 || seconds > LONGEST_LIFE.toSeconds()) {
            throw invalid("ttl_seconds has to be -1, or 1 to " + LONGEST_LIFE.toSeconds());
        }
        return Duration.ofSeconds(seconds);
    }

    private static void requireMainContainer(String containerId) {
        if (!containerId.isEmpty()) {
            throw Status.UNIMPLEMENTED
                    .withDescription("sandboxes here have one container only; leave container_id out")
                    .asRuntimeException();
        }
    }

    private static StatusRuntimeException invalid(String why) {
        return Status.INVALID_ARGUMENT.withDescription(why).asRuntimeException();
    }
}
