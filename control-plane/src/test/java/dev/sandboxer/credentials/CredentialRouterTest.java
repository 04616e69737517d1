package dev.sandboxer.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.credentials.CredentialRouter.Requester;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.FakeExtension;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The choice of a credential, rule by rule. */
class CredentialRouterTest {
    private static final Owner ME = Owner.consumer(TestInstallation.ME);

    @TempDir(factory = MemoryDirectory.class)
    Path home;

    private TestInstallation installation;
    private FakeExtension cloud;
    private ControlPlane process;

    @BeforeEach
    void start() {
        installation = new TestInstallation(home);
        cloud = FakeExtension.keyed("cloud", installation.clock());
        process = installation.start(List.of(cloud));
    }

    @AfterEach
    void stop() {
        process.close();
    }

    @Test
    void an_extension_without_credential_fields_needs_no_credential() {
        var free = FakeExtension.named("free", installation.clock());

        assertThat(router().choose(free, Requester.of("me"), null)).isInstanceOf(Choice.NotNeeded.class);
    }

    @Test
    void with_nothing_stored_the_reason_says_what_to_do() {
        assertThat(choose(null, null))
                .isInstanceOfSatisfying(
                        Choice.Missing.class,
                        missing -> assertThat(missing.reason()).contains("sandboxer credentials add ext.cloud"));
    }

    @Test
    void a_credential_in_the_environment_needs_no_setup() {
        installation.environment().put("CLOUD_KEY", "key_platform1");

        assertThat(chosen(null, null).text()).matches("env\\.cloud@[0-9a-f]{8} of the platform \\(platform\\)");
    }

    @Test
    void another_key_in_the_environment_is_another_credential() {
        installation.environment().put("CLOUD_KEY", "key_platform1");
        var first = chosen(null, null).credential();
        installation.environment().put("CLOUD_KEY", "key_platform2");

        assertThat(chosen(null, null).credential()).isNotEqualTo(first);
        assertThat(router().choose(cloud, new Requester("me", null, first), null))
                .as("a snapshot made with the first key is in that account only")
                .isInstanceOfSatisfying(
                        Choice.Missing.class,
                        missing -> assertThat(missing.reason()).isEqualTo("credential " + first + " no longer exists"));
        assertThat(process.credentials().id("env.cloud"))
                .isEqualTo(chosen(null, null).credential());
        assertThatThrownBy(() -> process.credentials().id(first.value()))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("its key or address has changed");
    }

    @Test
    void the_same_key_at_another_address_is_another_credential() {
        installation.environment().put("CLOUD_KEY", "key_platform1");
        var first = chosen(null, null).credential();
        installation.environment().put("CLOUD_URL", "http://127.0.0.1:1");

        assertThat(chosen(null, null).credential()).isNotEqualTo(first);
        assertThatThrownBy(() -> process.credentials().open(first))
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CREDENTIAL_MISSING));
    }

    @Test
    void a_lost_fingerprint_secret_is_named_as_the_reason_for_a_missing_credential() throws IOException {
        installation.environment().put("CLOUD_KEY", "key_platform1");
        var first = chosen(null, null).credential();
        Files.delete(home.resolve("fingerprint.key"));

        assertThatThrownBy(() -> process.credentials().open(first))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("CLOUD_KEY, CLOUD_URL")
                .hasMessageContaining("fingerprint.key");
    }

    @Test
    void a_trailing_slash_of_an_address_does_not_change_the_credential() {
        installation.environment().put("CLOUD_KEY", "key_platform1");
        installation.environment().put("CLOUD_URL", "http://127.0.0.1:1");
        var without = chosen(null, null).credential();
        installation.environment().put("CLOUD_URL", "http://127.0.0.1:1/");

        assertThat(chosen(null, null).credential()).isEqualTo(without);
    }

    @Test
    void a_malformed_key_in_the_environment_is_skipped_with_the_reason() {
        installation.environment().put("CLOUD_KEY", "nonsense-0123456789");

        assertThat(choose(null, null))
                .isInstanceOfSatisfying(
                        Choice.Missing.class,
                        missing -> assertThat(missing.reason())
                                .startsWith("in the environment, ")
                                .contains("no key_ and letters"));
    }

    @Test
    void an_incomplete_credential_in_the_environment_is_reported_and_a_mere_setting_is_ignored() {
        var fields = List.of(
                new CredentialField("id", "its id", false, true, "CLOUD_ID"),
                new CredentialField("key", "its key", true, true, "CLOUD_KEY"),
                new CredentialField("url", "where it is", false, false, "CLOUD_URL"));
        process.close();
        cloud = new FakeExtension(cloud.id(), cloud.capabilities(), fields, cloud.cloud());
        process = installation.start(List.of(cloud));
        installation.environment().put("CLOUD_URL", "http://127.0.0.1:1");
        assertThat(choose(null, null))
                .isInstanceOfSatisfying(
                        Choice.Missing.class,
                        missing -> assertThat(missing.reason()).contains("none found"));

        installation.environment().put("CLOUD_ID", "half");

        assertThat(choose(null, null))
                .isInstanceOfSatisfying(
                        Choice.Missing.class,
                        missing -> assertThat(missing.reason()).startsWith("in the environment, "));
    }

    @Test
    void a_consumers_key_in_the_environment_is_not_used_for_others() {
        installation.environment().put("CLOUD_KEY", "key_platform1");
        var ofEnvironment = chosen(null, null).credential();
        installation.environment().remove("CLOUD_KEY");
        var theirs = add(Owner.consumer("other"), "theirs", "key_platform1");
        add(Owner.PLATFORM, "shared", "key_platform2");
        installation.environment().put("CLOUD_KEY", "key_platform1");

        assertThat(process.credentials().consumerCredentialInEnvironment(cloud)).contains(theirs);
        for (Choice choice : List.of(
                choose(null, null),
                router().choose(cloud, new Requester(TestInstallation.ME, null, ofEnvironment), null))) {
            assertThat(choice)
                    .isInstanceOfSatisfying(
                            Choice.Missing.class,
                            missing -> assertThat(missing.reason())
                                    .contains("stored for a consumer", "CLOUD_KEY")
                                    .doesNotContain("key_platform1"));
        }
        assertThat(router().choose(cloud, Requester.of("other"), null))
                .as("its owner may use it")
                .isInstanceOfSatisfying(
                        Choice.Chosen.class,
                        chosen -> assertThat(chosen.receipt().rule()).isEqualTo(Rule.CONSUMER));
    }

    @Test
    void a_fork_fails_if_the_key_in_the_environment_is_refused() {
        installation.environment().put("CLOUD_KEY", "key_platform1");
        var id = chosen(null, null).credential();
        process.credentials().refused(id, "401");

        assertThat(router().choose(cloud, new Requester("me", null, id), null))
                .isInstanceOfSatisfying(
                        Choice.Missing.class,
                        missing -> assertThat(missing.reason()).contains("was refused"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"env.", "env.Cloud", "env.@12345678", "env.cloud@"})
    void an_impossible_id_of_the_environment_is_unknown(String name) {
        installation.environment().put("CLOUD_KEY", "key_platform1");

        assertThatThrownBy(() -> process.credentials().id(name))
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_CREDENTIAL));
    }

    @Test
    void the_consumers_own_credential_precedes_the_platforms() {
        installation.environment().put("CLOUD_KEY", "key_platform1");
        add(Owner.PLATFORM, "shared", "key_platform2");
        var own = add(ME, "own", "key_consumer1");

        assertThat(chosen(null, null)).isEqualTo(new Receipt(own.id(), ME, Rule.CONSUMER));
    }

    @Test
    void the_newest_of_several_own_credentials_is_used() {
        add(ME, "old", "key_consumer1");
        installation.clock().advance(Duration.ofSeconds(1));
        var newest = add(ME, "new", "key_consumer2");

        assertThat(chosen(null, null).credential()).isEqualTo(newest.id());
    }

    @Test
    void the_profiles_credential_precedes_the_consumers_own_and_may_be_the_platforms() {
        var shared = add(Owner.PLATFORM, "shared", "key_platform2");
        add(ME, "own", "key_consumer1");

        assertThat(chosen(null, "shared")).isEqualTo(new Receipt(shared.id(), Owner.PLATFORM, Rule.PROFILE));
    }

    @Test
    void a_profile_that_names_an_unknown_credential_gets_no_other() {
        add(ME, "own", "key_consumer1");

        assertThat(choose(null, "shared")).isInstanceOf(Choice.Missing.class);
    }

    @Test
    void a_profile_never_gives_one_consumer_the_key_of_another() {
        var others = add(Owner.consumer("other"), "theirs", "key_consumer9");

        assertThat(choose(null, "theirs")).isInstanceOf(Choice.Missing.class);
        assertThat(choose(null, others.id().value())).isInstanceOf(Choice.Missing.class);
    }

    @Test
    void the_credential_that_a_request_names_comes_first() {
        add(Owner.PLATFORM, "shared", "key_platform2");
        var named = add(ME, "old", "key_consumer1");
        installation.clock().advance(Duration.ofSeconds(1));
        add(ME, "new", "key_consumer2");

        assertThat(chosen("old", "shared")).isEqualTo(new Receipt(named.id(), ME, Rule.REQUEST));
        assertThat(chosen(named.id().value(), "shared").rule()).isEqualTo(Rule.REQUEST);
    }

    @Test
    void another_consumers_credential_is_unknown_to_a_request() {
        var others = add(Owner.consumer("other"), "theirs", "key_consumer9");

        for (String name : List.of("theirs", others.id().value(), "nothing")) {
            assertThatThrownBy(() -> router().requireNamed(new Requester("me", name, null)))
                    .isInstanceOfSatisfying(
                            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_CREDENTIAL));
        }
    }

    @Test
    void a_key_in_place_of_a_name_is_not_repeated() {
        assertThatThrownBy(() -> router().requireNamed(new Requester("me", "key_consumer1", null)))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("me has no credential of that name")
                .message()
                .doesNotContain("key_consumer1");
        assertThat(((Choice.Missing) choose(null, "key_consumer1")).reason()).doesNotContain("key_consumer1");
    }

    @Test
    void a_refused_credential_never_falls_back_to_the_platforms() {
        installation.environment().put("CLOUD_KEY", "key_platform1");
        var own = add(ME, "own", "key_consumer1");
        process.credentials().refused(own.id(), "401");

        assertThat(choose(null, null))
                .isInstanceOfSatisfying(
                        Choice.Missing.class,
                        missing ->
                                assertThat(missing.reason()).contains(own.id().value(), "was refused", "401"));
    }

    @Test
    void a_refused_credential_falls_back_if_its_owner_allows_it() {
        installation.environment().put("CLOUD_KEY", "key_platform1");
        var own = process.credentials().add(ME, cloud.id(), "own", Map.of("key", "key_consumer1"), true);

        assertThat(choose(null, null)).isInstanceOfSatisfying(Choice.Chosen.class, chosen -> {
            assertThat(chosen.receipt().credential()).isEqualTo(own.id());
            assertThat(chosen.fallback().rule()).isEqualTo(Rule.PLATFORM_FALLBACK);
        });
        process.credentials().refused(own.id(), "401");
        assertThat(chosen(null, null).text())
                .matches("env\\.cloud@[0-9a-f]{8} of the platform \\(platform_fallback\\)");
    }

    @Test
    void a_refused_key_in_the_environment_is_skipped_until_it_is_replaced() {
        installation.environment().put("CLOUD_KEY", "key_platform1");
        process.credentials().refused(chosen(null, null).credential(), "401");
        assertThat(choose(null, null)).isInstanceOf(Choice.Missing.class);

        installation.environment().put("CLOUD_KEY", "key_platform2");
        process.close();
        process = installation.start(List.of(cloud));
        assertThat(chosen(null, null).rule()).isEqualTo(Rule.PLATFORM);
    }

    @Test
    void a_key_with_a_line_break_in_the_environment_is_malformed() {
        installation.environment().put("CLOUD_KEY", "key_platform1\nX-Evil: 1");

        assertThat(choose(null, null))
                .isInstanceOfSatisfying(
                        Choice.Missing.class,
                        missing -> assertThat(missing.reason())
                                .contains("key contains a blank, a line break")
                                .doesNotContain("Evil"));
    }

    @Test
    void later_calls_use_only_the_credential_of_the_creation() {
        var first = add(ME, "old", "key_consumer1");
        installation.clock().advance(Duration.ofSeconds(1));
        add(ME, "new", "key_consumer2");

        var choice = router().choose(cloud, new Requester("me", null, first.id()), null);

        assertThat(choice)
                .isInstanceOfSatisfying(
                        Choice.Chosen.class,
                        chosen -> assertThat(chosen.receipt().credential()).isEqualTo(first.id()));
    }

    private CredentialRouter router() {
        return new CredentialRouter(process.credentials());
    }

    private Choice choose(@Nullable String named, @Nullable String profiles) {
        return router().choose(cloud, new Requester(TestInstallation.ME, named, null), profiles);
    }

    private Receipt chosen(@Nullable String named, @Nullable String profiles) {
        return ((Choice.Chosen) choose(named, profiles)).receipt();
    }

    private StoredCredential add(Owner owner, String name, String key) {
        return process.credentials().add(owner, cloud.id(), name, Map.of("key", key), false);
    }
}
