package dev.sandboxer.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.testing.Concurrently;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.Fault.Call;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of sandbox names, on every database. */
abstract class SandboxNamesContract {
    @TempDir(factory = MemoryDirectory.class)
    Path home;

    private TestInstallation installation;
    private ControlPlane process;
    private Sandboxes sandboxes;

    /** Returns an empty database for one test. */
    abstract TestDatabase database(Path home);

    @BeforeEach
    void start() {
        installation = new TestInstallation(home, database(home));
        installation.listen(new SandboxNames());
        process = installation.start();
        sandboxes = process.sandboxes();
    }

    @AfterEach
    void stop() {
        process.close();
    }

    private Sandbox create(String consumer, Map<String, String> metadata) {
        return sandboxes.create(CreateSandbox.of(consumer, installation.profile())
                .metadata(metadata)
                .build());
    }

    private static Map<String, String> name(String scope, String name) {
        return Map.of(SandboxNames.NAME, name, SandboxNames.SCOPE, scope);
    }

    @Test
    void a_taken_name_is_refused_before_anything_is_created() {
        create("me", name("app", "web"));

        assertTaken(() -> create("me", name("app", "web")));

        assertThat(installation.running()).hasSize(1);
        assertThat(sandboxes.list("me", true)).hasSize(1);
    }

    @Test
    void other_scopes_and_other_consumers_may_use_the_same_name() {
        create("me", name("app", "web"));

        create("me", name("other-app", "web"));
        create("me", Map.of(SandboxNames.NAME, "web"));
        create("other", name("app", "web"));
        create("me", name("app", "Web"));
        create("me", Map.of());

        assertThat(sandboxes.live()).hasSize(6);
    }

    @Test
    void a_name_is_free_again_when_its_sandbox_has_ended() {
        var first = create("me", name("app", "web"));
        sandboxes.destroy(first);

        assertThat(create("me", name("app", "web")).id()).isNotEqualTo(first.id());
    }

    @Test
    void a_name_is_free_again_when_the_sandbox_could_not_be_created() {
        installation.first().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));
        installation.second().plan(Call.CREATE, Fault.refused(Kind.CAPACITY));
        assertThatThrownBy(() -> create("me", name("app", "web"))).isInstanceOf(SandboxException.class);

        create("me", name("app", "web"));
    }

    @Test
    void a_running_sandbox_may_change_its_name_and_frees_the_old_one() {
        var sandbox = create("me", name("app", "web"));

        sandboxes.relabel(sandbox, now -> name("app", "api"));

        create("me", name("app", "web"));
        assertTaken(() -> create("me", name("app", "api")));
    }

    @Test
    void a_change_to_a_taken_name_changes_nothing() {
        create("me", name("app", "web"));
        var second = create("me", name("app", "api"));

        assertTaken(() -> sandboxes.relabel(second, now -> name("app", "web")));

        assertThat(sandboxes.get("me", second.id().value()).metadata()).isEqualTo(name("app", "api"));
        assertTaken(() -> create("me", name("app", "api")));
    }

    @Test
    void other_metadata_may_change_and_the_name_stays() {
        var sandbox = create("me", name("app", "web"));

        sandboxes.relabel(
                sandbox, now -> Map.of(SandboxNames.NAME, "web", SandboxNames.SCOPE, "app", "colour", "green"));

        assertTaken(() -> create("me", name("app", "web")));
    }

    @Test
    void of_many_concurrent_requests_one_gets_the_name() throws Exception {
        var created = Concurrently.run(6, i -> {
            try {
                return Optional.of(create("me", name("app", "web")));
            } catch (SandboxException e) {
                assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.NAME_TAKEN);
                return Optional.<Sandbox>empty();
            }
        });

        assertThat(created.stream().flatMap(Optional::stream)).hasSize(1);
        assertThat(installation.running()).hasSize(1);
    }

    private static void assertTaken(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(SandboxException.class, e -> {
            assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.NAME_TAKEN);
            assertThat(e).hasMessageContaining("already exists"); // clients look for these words
        });
    }
}
