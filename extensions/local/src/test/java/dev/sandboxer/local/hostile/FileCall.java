package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.session.FileType;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.WriteOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;

/** Every kind of file call, for a path that changes while the call runs. */
enum FileCall {
    STAT {
        @Override
        void make(Victim victim, String path, int n) {
            victim.files().stat(path, null);
        }
    },
    LIST {
        @Override
        void make(Victim victim, String path, int n) {
            victim.files()
                    .list(
                            path,
                            1 + n % 4,
                            null,
                            entry -> assertThat(entry.path()).startsWith("/"));
        }
    },
    READ {
        @Override
        void make(Victim victim, String path, int n) {
            assertThat(victim.read(path)).as("content of " + path).doesNotContain("secret of the host");
        }
    },
    WRITE {
        @Override
        void make(Victim victim, String path, int n) {
            var options = n % 3 == 0 ? new WriteOptions("user", 0_600, Map.of("n", "" + n)) : WriteOptions.DEFAULT;
            try {
                victim.files().write(path, options, new ZeroStream(n * 1000));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    },
    MAKE_DIRECTORY {
        @Override
        void make(Victim victim, String path, int n) {
            victim.files().makeDirectory(path, n % 2 == 0 ? "root" : null);
        }
    },
    MAKE_SYMLINK {
        @Override
        void make(Victim victim, String path, int n) {
            victim.files().makeSymlink("/etc", path + n, null);
        }
    },
    MOVE {
        @Override
        void make(Victim victim, String path, int n) {
            victim.files().move(path, n % 2 == 0 ? "d/file" : "d/moved" + n, null);
        }
    },
    /** A move to another file system, which copies and removes. */
    MOVE_FAR {
        @Override
        void make(Victim victim, String path, int n) {
            var far = "/dev/shm/far" + n;
            try {
                victim.files().move(path, far, null);
                if (victim.files().stat(far, null).type() == FileType.DIRECTORY) {
                    victim.files()
                            .list(
                                    far,
                                    9,
                                    null,
                                    entry -> assertThat(entry.name())
                                            .as("a file behind a link")
                                            .isNotEqualTo("keep"));
                }
            } finally {
                victim.files().remove(far, null);
            }
        }
    },
    REMOVE {
        @Override
        void make(Victim victim, String path, int n) {
            victim.files().remove(path, null);
        }
    },
    WATCH {
        @Override
        void make(Victim victim, String path, int n) {
            try (var watch = victim.files().watch(path, null, true, true)) {
                for (int events = 0; events < 20; events++) {
                    watch.next(Duration.ofMillis(1));
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    };

    abstract void make(Victim victim, String path, int n);

    /** Makes the call. Returns true on success, and false if it lost the race and was refused; throws any other failure. */
    boolean won(Victim victim, String path, int n) {
        try {
            make(victim, path, n);
            return true;
        } catch (OperationException e) {
            return false;
        }
    }
}
