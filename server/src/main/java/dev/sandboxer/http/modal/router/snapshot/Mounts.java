package dev.sandboxer.http.modal.router.snapshot;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.session.WriteOptions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Mounts snapshots of directories in a sandbox. No backend can mount anything into a running sandbox, so the snapshot is unpacked. What was
 * at the path before is moved away, and moved back by the unmount. A marker file in the sandbox names the mounted image, so that any server
 * can unmount it.
 */
public final class Mounts {
    private static final String MARKERS = "/__modal/mounts/";
    private static final int MAX_MARKER_BYTES = 200;

    private static final String PUT_ASIDE = """
            set -e
            mkdir -p "$2"
            if [ -e "$1" ]; then
                if [ ! -d "$1" ] || [ -L "$1" ]; then echo "$1 is not a directory" >&2; rmdir "$2"; exit 1; fi
                mv "$1" "$2/under" || { rmdir "$2"; exit 1; }
            fi
            mkdir -p "$1"
            """;

    private static final String PUT_BACK = """
            set -e
            if [ ! -d "$2" ]; then exit 0; fi
            rm -rf "$1"
            if [ -e "$2/under" ]; then mv "$2/under" "$1"; fi
            rm -rf "$2"
            """;

    private Mounts() {}

    /**
     * Mounts an image at a path. Does nothing if it is mounted there already.
     *
     * @param image the image's id; empty for an empty directory
     * @param tar the image's content; null = empty
     * @throws StatusRuntimeException {@code FAILED_PRECONDITION} when another image is mounted there, or a step fails in the sandbox
     */
    public static void mount(Session session, String path, String image, @Nullable Path tar)
            throws IOException, InterruptedException {
        var marker = marker(path);
        var mounted = mounted(session, marker);
        if (image.equals(mounted)) {
            return; // the client repeats a call whose answer was lost
        }
        if (mounted != null) {
            throw refused("an image is mounted at " + path + " already; unmount it first");
        }
        script(session, PUT_BACK, path, marker); // in case an earlier call failed halfway
        script(session, PUT_ASIDE, path, marker);
        try {
            if (tar != null) {
                Tar.unpack(session, path, tar);
            }
            session.files()
                    .write(
                            marker + "/image",
                            WriteOptions.DEFAULT,
                            new ByteArrayInputStream(image.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException | RuntimeException e) {
            script(session, PUT_BACK, path, marker);
            throw e;
        }
    }

    /**
     * Removes what is mounted at a path, and puts back what was there before.
     *
     * @throws StatusRuntimeException {@code FAILED_PRECONDITION} when nothing is mounted there
     */
    public static void unmount(Session session, String path) throws IOException, InterruptedException {
        var marker = marker(path);
        if (mounted(session, marker) == null) {
            throw refused("no image is mounted at " + path);
        }
        script(session, PUT_BACK, path, marker);
    }

    private static String marker(String path) {
        return MARKERS + HexFormat.of().formatHex(path.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the image that a marker names; null if there is no marker. */
    private static @Nullable String mounted(Session session, String marker) throws IOException {
        try (var file = session.files().read(marker + "/image", Program.USER, 0, MAX_MARKER_BYTES)) {
            return new String(file.content().readAllBytes(), StandardCharsets.UTF_8);
        } catch (OperationException e) {
            if (e.reason() == Reason.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    private static void script(Session session, String script, String path, String marker)
            throws IOException, InterruptedException {
        var argv = List.of("/bin/sh", "-c", script, "sh", path, marker);
        var result = Program.run(session, argv, null, OutputStream.nullOutputStream());
        if (result.status() != 0) {
            throw refused(path + ": " + result.errors());
        }
    }

    private static StatusRuntimeException refused(String why) {
        return Status.FAILED_PRECONDITION.withDescription(why).asRuntimeException();
    }
}
