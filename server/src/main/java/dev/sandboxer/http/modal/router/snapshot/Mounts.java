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
 * Kept directories in a sandbox. No backend can mount anything into a running one, so a kept directory is unpacked; what was at its
 * place is put aside, and comes back when it is unmounted. A note in the sandbox says what was done, whoever asks later.
 */
public final class Mounts {
    private static final String NOTES = "/__modal/mounts/";
    private static final int LONGEST_NOTE = 200;

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
     * Puts a kept directory at a path. Once is enough.
     *
     * @param image the id of what is put there, empty for an empty directory
     * @param tar its content; null = empty
     * @throws StatusRuntimeException {@code FAILED_PRECONDITION} when something else is mounted there, or the sandbox can't
     */
    public static void mount(Session session, String path, String image, @Nullable Path tar)
            throws IOException, InterruptedException {
        var note = note(path);
        var mounted = mounted(session, note);
        if (image.equals(mounted)) {
            return; // the answer to the first call was lost
        }
        if (mounted != null) {
            throw refused("an image is mounted at " + path + " already; unmount it first");
        }
        script(session, PUT_BACK, path, note); // in case an earlier call broke off in the middle
        script(session, PUT_ASIDE, path, note);
        try {
            if (tar != null) {
                Tar.unpack(session, path, tar);
            }
            session.files()
                    .write(
                            note + "/image",
                            WriteOptions.DEFAULT,
                            new ByteArrayInputStream(image.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException | RuntimeException e) {
            script(session, PUT_BACK, path, note);
            throw e;
        }
    }

    /**
     * Removes what was mounted at a path, and puts back what was there before.
     *
     * @throws StatusRuntimeException {@code FAILED_PRECONDITION} when nothing is mounted there
     */
    public static void unmount(Session session, String path) throws IOException, InterruptedException {
        var note = note(path);
        if (mounted(session, note) == null) {
            throw refused("no image is mounted at " + path);
        }
        script(session, PUT_BACK, path, note);
    }

    private static String note(String path) {
        return NOTES + HexFormat.of().formatHex(path.getBytes(StandardCharsets.UTF_8));
    }

    /** The image that a note names; null when there is no note. */
    private static @Nullable String mounted(Session session, String note) throws IOException {
        try (var file = session.files().read(note + "/image", "root", 0, LONGEST_NOTE)) {
            return new String(file.content().readAllBytes(), StandardCharsets.UTF_8);
        } catch (OperationException e) {
            if (e.reason() == Reason.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    private static void script(Session session, String script, String path, String note)
            throws IOException, InterruptedException {
        var argv = List.of("/bin/sh", "-c", script, "sh", path, note);
        var result = Tool.run(session, argv, null, OutputStream.nullOutputStream());
        if (result.status() != 0) {
            throw refused(path + ": " + result.errors());
        }
    }

    private static StatusRuntimeException refused(String why) {
        return Status.FAILED_PRECONDITION.withDescription(why).asRuntimeException();
    }
}
