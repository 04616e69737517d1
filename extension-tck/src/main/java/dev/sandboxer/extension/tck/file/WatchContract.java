package dev.sandboxer.extension.tck.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.session.FileEvent;
import dev.sandboxer.extension.session.FileEvent.Kind;
import dev.sandboxer.extension.session.FileWatch;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.tck.Events;
import dev.sandboxer.extension.tck.Failures;
import dev.sandboxer.extension.tck.SandboxContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Contract for watching directories for changes. */
public abstract class WatchContract extends SandboxContract {
    /** Called by the subclass that tests an extension. */
    protected WatchContract() {}

    @Override
    protected final Set<Capability> needs() {
        return Set.of(Capability.WATCH);
    }

    @Test
    void each_kind_of_change_is_reported() {
        var directory = box().newDirectory();
        try (var watch = files().watch(directory, null, false, false)) {
            box().sh("echo 1 >\"$1\"/file", directory);
            expect(watch, Kind.CREATE, "file");
            expect(watch, Kind.WRITE, "file");
            box().sh("chmod 600 \"$1\"/file", directory);
            expect(watch, Kind.CHMOD, "file");
            box().sh("mv \"$1\"/file \"$1\"/other", directory);
            expect(watch, Kind.RENAME, "file");
            expect(watch, it -> it.name().equals("other"), "any event with the new name");
            box().sh("rm \"$1\"/other", directory);
            expect(watch, Kind.REMOVE, "other");
            box().sh("mkdir \"$1\"/sub", directory);
            expect(watch, Kind.CREATE, "sub");
        }
    }

    @Test
    void changes_made_through_the_session_are_reported_too() {
        var directory = box().newDirectory();
        try (var watch = files().watch(directory, null, false, false)) {
            box().write(directory + "/odd name\nü", "x");
            expect(watch, Kind.CREATE, "odd name\nü");
            files().remove(directory + "/odd name\nü", null);
            expect(watch, Kind.REMOVE, "odd name\nü");
        }
    }

    @Test
    void changes_in_subdirectories_are_reported_only_when_asked() {
        var directory = box().newDirectory();
        files().makeDirectory(directory + "/sub", null);
        try (var flat = files().watch(directory, null, false, false);
                var recursive = files().watch(directory, null, true, false)) {
            box().write(directory + "/sub/file", "x");
            box().write(directory + "/last", "x");
            expect(recursive, Kind.CREATE, "sub/file");
            var seen = new ArrayList<String>();
            expect(flat, it -> seen.add(it.name()) && it.name().equals("last"), "the last file");
            assertThat(seen).noneMatch(name -> name.startsWith("sub/"));
        }
    }

    @Test
    void new_directories_are_watched_with_their_content() {
        var directory = box().newDirectory();
        try (var watch = files().watch(directory, null, true, false)) {
            box().sh("mkdir -p \"$1\"/a/b/c; echo x >\"$1\"/a/b/c/file", directory);
            expect(watch, it -> it.name().equals("a/b/c/file"), "the file in the new directories");
            box().sh("echo y >\"$1\"/a/b/c/later", directory);
            expect(watch, Kind.CREATE, "a/b/c/later");
        }
    }

    @Test
    void events_carry_their_entry_only_when_asked() {
        var directory = box().newDirectory();
        try (var with = files().watch(directory, null, false, true);
                var without = files().watch(directory, null, false, false)) {
            files().makeDirectory(directory + "/made", null);
            assertThat(expect(with, Kind.CREATE, "made").entry())
                    .hasFieldOrPropertyWithValue("path", directory + "/made")
                    .hasFieldOrPropertyWithValue("name", "made");
            assertThat(expect(without, Kind.CREATE, "made").entry()).isNull();
            files().remove(directory + "/made", null);
            assertThat(expect(with, Kind.REMOVE, "made").entry()).isNull();
        }
    }

    @Test
    void waiting_for_an_event_returns_null_when_the_time_is_up() {
        try (var watch = files().watch(box().newDirectory(), null, false, false)) {
            assertThat(Events.next(watch, Duration.ofMillis(50))).isNull();
            assertThat(Events.next(watch, Duration.ZERO)).isNull();
        }
    }

    @Test
    void a_waiting_watcher_can_be_interrupted() throws Exception {
        try (var watch = files().watch(box().newDirectory(), null, false, false);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var waiting = threads.submit(() -> {
                Thread.currentThread().interrupt();
                return assertThatThrownBy(() -> watch.next(null)).isInstanceOf(InterruptedException.class);
            });
            waiting.get(fixture().timeout().toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Test
    void the_removal_of_the_directory_itself_ends_the_watch() {
        var directory = box().newDirectory();
        try (var watch = files().watch(directory, null, false, false)) {
            files().remove(directory, null);
            Failures.refuses(Reason.NOT_FOUND, () -> expect(watch, _ -> false, "nothing but the end"));
        }
    }

    @Test
    void only_a_directory_is_watched() {
        var path = box().newPath();
        Failures.refuses(Reason.NOT_FOUND, () -> watchAndClose(path));
        box().write(path, "x");
        Failures.refuses(Reason.NOT_A_DIRECTORY, () -> watchAndClose(path));
    }

    @Test
    void a_burst_is_reported_completely_or_as_an_overflow() {
        var directory = box().newDirectory();
        try (var watch = files().watch(directory, null, false, false)) {
            box().sh("cd \"$1\" && seq 1 3000 | xargs touch && touch last", directory);
            var created = new ArrayList<String>();
            var end = expect(
                    watch,
                    it -> {
                        if (it.kind() == Kind.CREATE) {
                            created.add(it.name());
                        }
                        return it.kind() == Kind.OVERFLOW || it.name().equals("last");
                    },
                    "the last file or an overflow");
            if (end.kind() != Kind.OVERFLOW) {
                assertThat(created).hasSize(3001).doesNotHaveDuplicates();
            }
        }
    }

    private void watchAndClose(String path) {
        files().watch(path, null, false, false).close();
    }

    private FileEvent expect(FileWatch watch, Kind kind, String name) {
        return expect(watch, it -> it.kind() == kind && it.name().equals(name), kind + " " + name);
    }

    private FileEvent expect(FileWatch watch, Predicate<FileEvent> wanted, String what) {
        var seen = new ArrayList<FileEvent>();
        while (true) {
            var event = Events.next(watch, fixture().timeout());
            if (event == null) {
                throw new AssertionError(
                        "no event within " + fixture().timeout() + " for: " + what + "; seen: " + seen);
            }
            if (wanted.test(event)) {
                return event;
            }
            seen.add(event);
        }
    }
}
