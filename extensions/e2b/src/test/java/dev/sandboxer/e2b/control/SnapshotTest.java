package dev.sandboxer.e2b.control;

import static dev.sandboxer.e2b.ScriptedCloud.SANDBOX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sandboxer.e2b.ScriptedCloud;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.Snapshotting;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {
    private static final String MAKE = "POST /sandboxes/" + SANDBOX + "/snapshots";
    private static final String LIST = "GET /snapshots";

    @TempDir
    Path directory;

    @AutoClose
    private final ScriptedCloud cloud = new ScriptedCloud().withSandbox();

    @Test
    void the_name_at_e2b_carries_what_e2bs_list_lacks() {
        cloud.on(LIST, 200, "[]").on(MAKE, 201, "{\"snapshotID\":\"snap1\",\"names\":[]}");
        try (var backend = cloud.open(directory)) {
            var made = ((Snapshotting) backend).snapshot(new BackendRef(SANDBOX), "first");
            assertThat(made.template()).isEqualTo("snapshot:snap1");
            assertThat(made.diskMiB()).isEqualTo(1024);
            var name = cloud.asked(MAKE).getFirst().json().path("name").asString();
            assertThat(name)
                    .isEqualTo("sandboxer-inst-first-1024-" + made.createdAt().getEpochSecond());
        }
    }

    @Test
    void only_snapshots_of_this_installation_are_listed_even_with_a_team_or_tag_in_their_names() {
        cloud.on(LIST, 200, """
                [{"snapshotID":"a","names":["sandboxer-inst-one-100-1700000000"]},
                 {"snapshotID":"b","names":["other","my-team/sandboxer-inst-two-200-1700000001:default"]},
                 {"snapshotID":"c","names":["sandboxer-other-three-100-1700000000"]},
                 {"snapshotID":"d","names":[]}, {"names":["sandboxer-inst-four-1-1"]}, {"snapshotID":"e"}]""");
        try (var backend = cloud.open(directory)) {
            assertThat(((Snapshotting) backend).snapshots())
                    .extracting(it -> it.name() + " " + it.template() + " " + it.diskMiB() + " " + it.createdAt())
                    .containsExactly(
                            "one snapshot:a 100 2023-11-14T22:13:20Z", "two snapshot:b 200 2023-11-14T22:13:21Z");
        }
    }

    @Test
    void a_name_can_be_used_once_and_is_deleted_by_its_id() {
        cloud.on(LIST, 200, "[{\"snapshotID\":\"team/a:1\",\"names\":[\"sandboxer-inst-one-100-1700000000\"]}]")
                .on("DELETE /templates/team/a:1", 204, "");
        try (var backend = cloud.open(directory)) {
            var failure = catchThrowableOfType(
                    ExtensionException.class, () -> ((Snapshotting) backend).snapshot(new BackendRef(SANDBOX), "one"));
            assertThat(failure.kind()).isEqualTo(Kind.INVALID);
            ((Snapshotting) backend).deleteSnapshot("one");
            ((Snapshotting) backend).deleteSnapshot("never");
        }
        assertThat(cloud.asked(MAKE)).isEmpty();
        assertThat(cloud.asked())
                .filteredOn(it -> it.method().equals("DELETE"))
                .extracting(ScriptedCloud.Asked::target)
                .containsExactly("/templates/team%2Fa%3A1");
    }
}
