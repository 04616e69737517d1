package dev.sandboxer.http.modal.router;

import com.google.protobuf.ByteString;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.http.modal.edge.InterruptibleCall;
import dev.sandboxer.http.modal.edge.ModalErrors;
import dev.sandboxer.http.modal.edge.ModalIds;
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

/** The router's calls that take snapshots of disks and directories, and mount snapshots of directories. */
final class SnapshotCalls {
    private static final Pattern SNAPSHOT_ID = Pattern.compile("[A-Za-z0-9_-]{1,100}");
    private static final Set<String> NOT_MOUNTABLE = Set.of("", "/proc", "/sys", "/dev", "/__modal");
    private static final Duration DEFAULT_LIFE = Duration.ofDays(30);
    private static final Duration MAX_LIFE = Duration.ofDays(10_000);

    private final Sandboxes sandboxes;
    private final IdleTimeouts idle;
    private final RouterAccess access;
    private final DirectoryImages images;

    /** The locks by snapshot: two calls for the same snapshot run one after the other. */
    private final ConcurrentHashMap<String, SharedLock> locks = new ConcurrentHashMap<>();

    /** A lock, and the number of calls that hold it or wait for it. The last of them removes it. */
    private record SharedLock(ReentrantLock lock, int users) {
        static SharedLock join(@Nullable SharedLock shared) {
            return shared == null
                    ? new SharedLock(new ReentrantLock(), 1)
                    : new SharedLock(shared.lock, shared.users + 1);
        }

        @Nullable SharedLock leave() {
            return users == 1 ? null : new SharedLock(lock, users - 1);
        }
    }

    SnapshotCalls(Sandboxes sandboxes, IdleTimeouts idle, RouterAccess access, DirectoryImages images) {
        this.sandboxes = sandboxes;
        this.idle = idle;
        this.access = access;
        this.images = images;
    }

    private <R> R locked(Sandbox sandbox, String snapshotId, InterruptibleCall.Work<R> work)
            throws InterruptedException {
        if (!SNAPSHOT_ID.matcher(snapshotId).matches()) {
            throw ModalErrors.invalid("snapshot_id must have 1 to 100 letters, digits, - or _");
        }
        var key = sandbox.id() + "/" + snapshotId;
        var lock = locks.compute(key, (it, shared) -> SharedLock.join(shared)).lock();
        try {
            lock.lockInterruptibly();
            try {
                return work.get();
            } finally {
                lock.unlock();
            }
        } finally {
            locks.computeIfPresent(key, (it, shared) -> shared.leave());
        }
    }

    /** Takes a snapshot of the whole disk. */
    TaskSnapshotFilesystemResponse filesystem(TaskSnapshotFilesystemRequest request) throws InterruptedException {
        ExecRequests.requireMainContainer(request.getContainerId());
        if (!request.hasTtlSeconds()) {
            throw ModalErrors.invalid("ttl_seconds must be set");
        }
        var _ = life(request.getTtlSeconds()); // only checked: a snapshot of a disk stays until it is deleted
        var sandbox = access.running(request.getTaskId());
        return locked(sandbox, request.getSnapshotId(), () -> {
            var name = "modal-" + request.getSnapshotId();
            var snapshot = sandboxes
                    .snapshots()
                    .find(sandbox.consumer(), name)
                    .orElseGet(() -> sandboxes.snapshots().make(sandbox, name));
            return TaskSnapshotFilesystemResponse.newBuilder()
                    .setImageId(ModalIds.snapshotImage(snapshot.id()))
                    .build();
        });
    }

    /** Takes a snapshot of one directory. */
    TaskSnapshotDirectoryResponse directory(TaskSnapshotDirectoryRequest request) throws InterruptedException {
        ExecRequests.requireMainContainer(request.getContainerId());
        var path = path(request.getPath());
        var life = request.hasTtlSeconds() ? life(request.getTtlSeconds()) : DEFAULT_LIFE;
        var sandbox = access.running(request.getTaskId());
        return locked(sandbox, request.getSnapshotId(), () -> {
            var id = DirectoryImages.id(sandbox.id(), request.getSnapshotId());
            if (!images.exists(sandbox.consumer(), id)) {
                work(
                        sandbox,
                        session -> images.keep(sandbox.consumer(), id, life, out -> Tar.pack(session, path, out)));
            }
            return TaskSnapshotDirectoryResponse.newBuilder().setImageId(id).build();
        });
    }

    /** Mounts the snapshot of a directory, or an empty directory, at a path. */
    void mount(TaskMountDirectoryRequest request) throws InterruptedException {
        ExecRequests.requireMainContainer(request.getContainerId());
        var path = mountPoint(request.getPath());
        var sandbox = access.running(request.getTaskId());
        var image = request.getImageId();
        var tar = image.isEmpty() ? null : content(sandbox, image);
        work(sandbox, session -> Mounts.mount(session, path, image, tar));
    }

    private Path content(Sandbox sandbox, String image) {
        return images.find(sandbox.consumer(), image)
                .orElseThrow(() -> DirectoryImages.isId(image)
                        ? Status.NOT_FOUND
                                .withDescription("image " + image + " not found")
                                .asRuntimeException()
                        : Status.UNIMPLEMENTED
                                .withDescription(
                                        "image " + image + " can't be mounted; only snapshots of directories can")
                                .asRuntimeException());
    }

    /** Removes what is mounted at a path. */
    void unmount(TaskUnmountDirectoryRequest request) throws InterruptedException {
        ExecRequests.requireMainContainer(request.getContainerId());
        var path = mountPoint(request.getPath());
        work(access.running(request.getTaskId()), session -> Mounts.unmount(session, path));
    }

    private interface Work {
        void in(Session session) throws IOException, InterruptedException;
    }

    private void work(Sandbox sandbox, Work work) throws InterruptedException {
        idle.recordUse(sandbox);
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
            throw ModalErrors.invalid("the path is not UTF-8");
        }
        var path = bytes.toStringUtf8();
        if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
            throw ModalErrors.invalid("the path must be absolute: " + path);
        }
        return path;
    }

    private static String mountPoint(ByteString bytes) {
        var path = path(bytes).replaceAll("/+$", "");
        if (NOT_MOUNTABLE.contains(path) || List.of(path.split("/", -1)).contains("..")) {
            throw ModalErrors.invalid("nothing can be mounted at '" + bytes.toStringUtf8() + "'");
        }
        return path;
    }

    private static @Nullable Duration life(long seconds) {
        if (seconds == -1) {
            return null;
        }
        if (seconds < 1 || seconds > MAX_LIFE.toSeconds()) {
            throw ModalErrors.invalid("ttl_seconds must be -1, or 1 to " + MAX_LIFE.toSeconds());
        }
        return Duration.ofSeconds(seconds);
    }
}
