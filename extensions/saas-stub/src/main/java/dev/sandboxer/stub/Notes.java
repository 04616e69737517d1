package dev.sandboxer.stub;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxTag;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Notes on sandboxes that have a plan of their own or are hidden, one file for each; {@code ext.local} stores
 * everything else. Thread-safe; processes may share the directory.
 */
record Notes(Path directory, InstantSource clock) {
    /** How long a note is kept without its sandbox, which may still be in creation. */
    private static final Duration KEPT_WITHOUT_SANDBOX = Duration.ofMinutes(10);

    private static final String FRESH = ".new";

    /**
     * A note on one sandbox.
     *
     * @param hiddenUntil the time before which no look-up shows the sandbox
     * @param plan the plan of its template; empty = none
     */
    record Note(Instant hiddenUntil, String plan) {
        static final Note NONE = new Note(Instant.EPOCH, "");
    }

    void write(SandboxTag tag, Note note) {
        if (note.equals(Note.NONE)) {
            return;
        }
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            var fresh = directory.resolve(tag + FRESH);
            Files.writeString(fresh, note.hiddenUntil() + "\n" + note.plan());
            Files.move(fresh, directory.resolve(tag.toString()), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failure("can't write", e);
        }
    }

    Note read(SandboxTag tag) {
        try {
            var text = Files.readString(directory.resolve(tag.toString()));
            var end = text.indexOf('\n');
            return new Note(Instant.parse(text.substring(0, end)), text.substring(end + 1));
        } catch (NoSuchFileException e) {
            return Note.NONE;
        } catch (IOException e) {
            throw failure("can't read", e);
        }
    }

    boolean isHidden(SandboxTag tag) {
        return clock.instant().isBefore(read(tag).hiddenUntil());
    }

    /** Returns true if a sandbox was hidden and no longer is. */
    boolean wasHidden(SandboxTag tag) {
        var until = read(tag).hiddenUntil();
        return until.isAfter(Instant.EPOCH) && !clock.instant().isBefore(until);
    }

    void remove(SandboxTag tag) {
        try {
            Files.deleteIfExists(directory.resolve(tag.toString()));
        } catch (IOException e) {
            throw failure("can't remove", e);
        }
    }

    /** Removes the notes on sandboxes that have ended. */
    void sweep(Predicate<SandboxTag> alive) {
        for (Path file : files()) {
            var tag = tag(new BackendRef(file.getFileName().toString().replace(FRESH, "")));
            try {
                if (tag.isPresent() && isOld(file) && !alive.test(tag.get())) {
                    Files.deleteIfExists(file);
                }
            } catch (NoSuchFileException e) {
                // another process was faster
            } catch (IOException e) {
                throw failure("can't remove", e);
            }
        }
    }

    private boolean isOld(Path file) throws IOException {
        return Files.getLastModifiedTime(file)
                .toInstant()
                .isBefore(clock.instant().minus(KEPT_WITHOUT_SANDBOX));
    }

    private List<Path> files() {
        var found = new ArrayList<Path>();
        try (var entries = Files.newDirectoryStream(directory)) {
            entries.forEach(found::add);
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException | DirectoryIteratorException e) {
            throw failure("can't list", e);
        }
        return found;
    }

    private ExtensionException failure(String what, Exception e) {
        return new ExtensionException(
                Kind.TRANSIENT, Effect.NOT_APPLIED, null, what + " a note in " + directory + ": " + e, e);
    }

    /** Returns the tag of a sandbox, which is also its reference; empty if sand-boxer did not create the sandbox. */
    static Optional<SandboxTag> tag(BackendRef sandbox) {
        try {
            return Optional.of(SandboxTag.parse(sandbox.value()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
