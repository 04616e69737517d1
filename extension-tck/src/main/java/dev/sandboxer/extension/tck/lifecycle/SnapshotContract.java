package dev.sandboxer.extension.tck.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.BackendSnapshot;
import dev.sandboxer.extension.feature.Pausing;
import dev.sandboxer.extension.feature.Snapshotting;
import dev.sandboxer.extension.tck.Box;
import dev.sandboxer.extension.tck.ExtensionContract;
import dev.sandboxer.extension.tck.Failures;
import dev.sandboxer.extension.tck.Requests;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** Contract for snapshots of a sandbox's disk and for sandboxes that start from them. */
public abstract class SnapshotContract extends ExtensionContract {
    /** Called by the subclass that tests an extension. */
    protected SnapshotContract() {}

    private static final String ALL = "cd \"$1\" && find . -exec stat -c '%n %F %a %U %s %Y' {} + | sort && "
            + "find . -type f -exec cksum {} + | sort";

    @Override
    protected final Set<Capability> needs() {
        return Set.of(Capability.SNAPSHOT);
    }

    @Test
    void a_sandbox_started_from_a_snapshot_has_every_file_as_it_was() {
        var box = create();
        var directory = box.newDirectory();
        box.sh("""
                cd "$1" && mkdir -p deep/er && echo text >deep/er/file && chmod 640 deep/er/file && ln -s er/file deep/link
                head -c 3000000 /dev/urandom >large; : >empty; mkfifo pipe; touch -d @1000000000 old""", directory).text();
        var before = box.sh(ALL, directory).text();
        var copy = start(snapshot(box));
        assertThat(before).contains("deep/er/file").contains("large");
        assertThat(copy.sh(ALL, directory).text()).isEqualTo(before);
        destroy(box);
        destroy(copy);
    }

    @Test
    void a_snapshot_of_a_file_being_written_holds_its_beginning_without_gaps() {
        var box = create();
        var path = box.newPath();
        var script = "i=0; while :; do i=$((i+1)); echo $i >>\"$1\"; [ $i != 100 ] || echo hundred; done";
        try (var process = box.start(box.script(script, path))) {
            box.transcript(process).until("hundred");
            var copy = start(snapshot(box));
            var lines = Integer.parseInt(copy.sh("wc -l <\"$1\"", path).text());
            assertThat(lines).isGreaterThanOrEqualTo(100);
            assertThat(copy.sh("seq " + lines + " | cmp - \"$1\" && echo same", path)
                            .text())
                    .isEqualTo("same");
            destroy(copy);
        }
        destroy(box);
    }

    @Test
    void processes_keep_running_while_a_snapshot_is_taken() {
        var box = create();
        try (var process = box.start(box.script("i=0; while :; do i=$((i+1)); echo $i; sleep 0.02; done"))) {
            var counter = new Counter(process, fixture().timeout());
            counter.readTo(3);
            snapshot(box);
            counter.readTo(counter.last() + 20);
        }
        assertThat(found(box).paused()).isFalse();
        assertThat(box.sh("echo alive").text()).isEqualTo("alive");
        destroy(box);
    }

    @Test
    void copies_and_the_original_change_independently() {
        var box = create();
        box.write("/tmp/shared", "before");
        var snapshot = snapshot(box);
        box.write("/tmp/shared", "original");
        var one = start(snapshot);
        one.write("/tmp/shared", "one");
        var other = start(snapshot);
        assertThat(other.text("/tmp/shared")).isEqualTo("before");
        assertThat(one.text("/tmp/shared")).isEqualTo("one");
        assertThat(box.text("/tmp/shared")).isEqualTo("original");
        assertThat(other.session().processes().list()).isEmpty();
        destroy(one);
        destroy(other);
        destroy(box);
    }

    @Test
    void a_snapshot_outlives_its_sandbox_and_its_copy_can_be_snapshotted() {
        var box = create();
        box.write("/tmp/one", "1");
        var first = snapshot(box);
        destroy(box);
        var next = start(first);
        next.write("/tmp/two", "2");
        var second = snapshot(next);
        destroy(next);
        var last = start(second);
        assertThat(last.text("/tmp/one") + last.text("/tmp/two")).isEqualTo("12");
        destroy(last);
    }

    @Test
    void a_snapshot_leaves_a_paused_sandbox_paused() {
        requires(Capability.PAUSE);
        var box = create();
        box.write("/tmp/kept", "kept");
        var until = Requests.in(fixture(), Duration.ofMinutes(20));
        ((Pausing) backend()).pause(box.sandbox().ref(), until);
        var snapshot = snapshot(box);
        assertThat(found(box).paused()).isTrue();
        assertThat(found(box).deadline()).isBetween(until.minusSeconds(5), until.plusSeconds(5));
        var copy = start(snapshot);
        assertThat(copy.text("/tmp/kept")).isEqualTo("kept");
        ((Pausing) backend()).resume(box.sandbox().ref(), until);
        assertThat(box.text("/tmp/kept")).isEqualTo("kept");
        destroy(copy);
        destroy(box);
    }

    @Test
    void a_snapshot_is_listed_until_it_is_deleted_also_by_a_second_backend_object() {
        var box = create();
        var before = fixture().context().clock().instant();
        var made = snapshot(box);
        assertThat(made.createdAt())
                .isBetween(before.minusSeconds(5), before.plus(fixture().timeout()));
        try (var other = extension().open(fixture().context(), fixture().credential())) {
            assertThat(((Snapshotting) other).snapshots())
                    .filteredOn(it -> it.name().equals(made.name()))
                    .singleElement()
                    .satisfies(it -> {
                        assertThat(it.template()).isEqualTo(made.template());
                        assertThat(it.diskMiB()).isEqualTo(made.diskMiB());
                        assertThat(it.createdAt())
                                .isBetween(
                                        made.createdAt().minusSeconds(1),
                                        made.createdAt().plusSeconds(1));
                    });
        }
        snapshots().deleteSnapshot(made.name());
        assertThat(snapshots().snapshots()).extracting(BackendSnapshot::name).doesNotContain(made.name());
        destroy(box);
    }

    @Test
    void the_disk_of_a_copy_has_the_size_of_the_snapshot() {
        requires(Capability.SIZE);
        var box = create();
        var snapshot = snapshot(box);
        assertThat(snapshot.diskMiB()).isEqualTo(fixture().size().diskMiB());
        var copy = create(Requests.withSize(from(snapshot), fixture().smallSize()));
        assertThat(copy.sandbox().size().diskMiB()).isEqualTo(snapshot.diskMiB());
        assertThat(copy.sandbox().size().memoryMiB())
                .isEqualTo(fixture().smallSize().memoryMiB());
        var more = fixture().smallSize().diskMiB() + 32L << 20;
        assertThat(copy.sh("head -c " + more + " /dev/zero >/tmp/big && echo fits")
                        .text())
                .isEqualTo("fits");
        destroy(copy);
        destroy(box);
    }

    @Test
    void deleting_a_snapshot_leaves_its_copies_running() {
        var box = create();
        box.write("/tmp/kept", "kept");
        var snapshot = snapshot(box);
        var copy = start(snapshot);
        snapshots().deleteSnapshot(snapshot.name());
        assertThat(copy.text("/tmp/kept")).isEqualTo("kept");
        var request = from(snapshot);
        Failures.failsWithoutEffect(Kind.INVALID, () -> backend().create(request));
        assertThat(backend().find(request.tag())).isEmpty();
        destroy(copy);
        destroy(box);
    }

    @Test
    void deleting_an_unknown_snapshot_succeeds() {
        snapshots().deleteSnapshot(newName());
    }

    @Test
    void a_snapshot_name_cannot_be_used_twice() {
        var box = create();
        box.write("/tmp/which", "first");
        var first = snapshot(box);
        box.write("/tmp/which", "second");
        Failures.failsWithoutEffect(
                Kind.INVALID, () -> snapshots().snapshot(box.sandbox().ref(), first.name()));
        assertThat(snapshots().snapshots())
                .filteredOn(it -> it.name().equals(first.name()))
                .hasSize(1);
        var copy = start(first);
        assertThat(copy.text("/tmp/which")).isEqualTo("first");
        destroy(copy);
        destroy(box);
    }

    @Test
    void an_ended_sandbox_cannot_be_snapshotted() {
        var box = create();
        destroy(box);
        var name = newName();
        Failures.failsWithoutEffect(
                Kind.GONE, () -> snapshots().snapshot(box.sandbox().ref(), name));
        assertThat(snapshots().snapshots()).extracting(BackendSnapshot::name).doesNotContain(name);
    }

    private Snapshotting snapshots() {
        return (Snapshotting) backend();
    }

    private BackendSnapshot snapshot(Box box) {
        var name = newName();
        var made = snapshots().snapshot(box.sandbox().ref(), name);
        assertThat(made.name()).isEqualTo(name);
        return made;
    }

    private static String newName() {
        return new BigInteger(80, ThreadLocalRandom.current()).toString(36);
    }

    private CreateRequest from(BackendSnapshot snapshot) {
        return Requests.withTemplate(request(), snapshot.template());
    }

    private Box start(BackendSnapshot snapshot) {
        return create(from(snapshot));
    }

    private BackendSandbox found(Box box) {
        return backend().find(box.sandbox().tag()).orElseThrow();
    }
}
