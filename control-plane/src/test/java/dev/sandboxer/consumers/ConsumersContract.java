package dev.sandboxer.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.profiles.ProfileName;
import dev.sandboxer.testing.Concurrently;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import dev.sandboxer.testing.databases.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of consumers, on every database. */
abstract class ConsumersContract {
    @TempDir(factory = MemoryDirectory.class)
    Path home;

    private TestInstallation installation;
    private ControlPlane process;
    private Consumers consumers;
    private ApiKeys keys;

    /** Returns an empty database for one test. */
    abstract TestDatabase database(Path home);

    @BeforeEach
    void start() {
        installation = new TestInstallation(home, database(home));
        process = installation.start();
        consumers = new Consumers(process.database(), installation.clock());
        keys = new ApiKeys(process.database(), consumers, installation.clock());
    }

    @AfterEach
    void stop() {
        process.close();
    }

    @Test
    void local_always_exists() {
        assertThat(consumers.get("local").disabled()).isFalse();
        assertThat(consumers.list()).extracting(Consumer::id).containsExactly("local");
        assertFails(ErrorCode.CONFLICT, "consumer local already exists", () -> consumers.add("local"));
    }

    @Test
    void consumers_are_added_once_and_listed_by_name() {
        consumers.add("team-b");
        consumers.add("team-a");

        assertThat(consumers.list()).extracting(Consumer::id).containsExactly("local", "team-a", "team-b");
        assertFails(ErrorCode.CONFLICT, "team-a", () -> consumers.add("team-a"));
    }

    @Test
    void consumers_are_sorted_by_bytes_in_any_locale() {
        for (String name : List.of("aa", "a-b", "ab", "a.c", "zz", "9")) {
            consumers.add(name);
        }

        assertThat(consumers.list())
                .extracting(Consumer::id)
                .containsExactly("9", "a-b", "a.c", "aa", "ab", "local", "zz");
    }

    @RepeatedTest(5)
    void of_many_concurrent_additions_of_one_consumer_one_succeeds() throws Exception {
        try (var other = installation.start()) {
            var elsewhere = new Consumers(other.database(), installation.clock());
            var done = Concurrently.run(6, i -> {
                try {
                    return (i % 2 == 0 ? consumers : elsewhere).add("team").id();
                } catch (SandboxException e) {
                    return e.code().name();
                }
            });

            assertThat(done).containsOnlyOnce("team").contains("CONFLICT").hasSize(6);
            assertThat(done).containsOnly("team", "CONFLICT");
        }
    }

    @RepeatedTest(5)
    void concurrent_first_keys_of_a_consumer_all_succeed() throws Exception {
        try (var other = installation.start()) {
            var elsewhere = new ApiKeys(
                    other.database(), new Consumers(other.database(), installation.clock()), installation.clock());
            var secrets = Concurrently.run(
                    6, i -> (i % 2 == 0 ? keys : elsewhere).create("local").secret());

            assertThat(secrets)
                    .doesNotHaveDuplicates()
                    .allSatisfy(secret -> assertThat(keys.consumerOf(secret)).contains("local"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Team", "-a", "a-", "a b", "../x", "a\nb"})
    void a_name_unfit_for_a_path_or_a_header_is_refused(String name) {
        assertFails(ErrorCode.INVALID_ARGUMENT, "a consumer's name", () -> consumers.add(name));
    }

    @Test
    void an_unknown_consumer_is_reported_with_similar_names() {
        consumers.add("team-a");

        assertFails(ErrorCode.UNKNOWN_CONSUMER, "did you mean team-a?", () -> consumers.get("taem-a"));
        assertFails(ErrorCode.UNKNOWN_CONSUMER, "taem-a", () -> consumers.disable("taem-a"));
    }

    @Test
    void a_key_for_a_new_consumer_adds_it() {
        keys.create("team-a");

        assertThat(consumers.get("team-a").id()).isEqualTo("team-a");
    }

    @Test
    void a_disabled_consumers_keys_are_refused_until_it_is_enabled_again() {
        var key = keys.create("team-a").secret();

        consumers.disable("team-a");
        assertFails(ErrorCode.CONSUMER_DISABLED, "consumers enable team-a", () -> keys.consumerOf(key));
        assertThat(keys.isKnown(key)).isTrue();

        consumers.enable("team-a");
        assertThat(keys.consumerOf(key)).contains("team-a");
    }

    @Test
    void a_disabled_consumer_starts_nothing_new_and_keeps_its_sandboxes() {
        var sandbox = process.sandboxes().create(installation.request());

        consumers.ensure(TestInstallation.ME);
        consumers.disable(TestInstallation.ME);

        assertFails(
                ErrorCode.CONSUMER_DISABLED,
                "consumers enable me",
                () -> process.sandboxes().create(installation.request()));
        assertThat(process.sandboxes().list(TestInstallation.ME, false)).containsExactly(sandbox);
        assertThat(process.sandboxes().destroy(sandbox).state().ended()).isTrue();
    }

    @Test
    void limits_are_changed_one_by_one_and_lifted_again() {
        consumers.add("acme");
        var all = new ConsumerLimits(
                ProfileName.parse("ci"),
                List.of(ProfileName.parse("base"), ProfileName.parse("ci")),
                10,
                8000,
                4096,
                new CreationRate(500, 3),
                Duration.ofHours(2));

        consumers.setLimits("acme", all, all.set());
        assertThat(consumers.limits("acme")).isEqualTo(all);

        consumers.setLimits("acme", ConsumerLimits.NONE, EnumSet.of(Limit.MAX_CPU, Limit.MAX_RATE));
        assertThat(consumers.limits("acme").set())
                .isEqualTo(EnumSet.complementOf(EnumSet.of(Limit.MAX_CPU, Limit.MAX_RATE)));
        consumers.setLimits("acme", ConsumerLimits.NONE, EnumSet.allOf(Limit.class));
        assertThat(consumers.limits("acme")).isEqualTo(ConsumerLimits.NONE);
        assertFails(
                ErrorCode.UNKNOWN_CONSUMER,
                "did you mean acme?",
                () -> consumers.setLimits("acne", ConsumerLimits.NONE, EnumSet.allOf(Limit.class)));
    }

    @Test
    void local_can_be_limited_too() {
        consumers.setLimits("local", live(3), EnumSet.of(Limit.MAX_LIVE));

        assertThat(consumers.limits("local")).isEqualTo(live(3));
    }

    @Test
    void limits_in_the_configuration_take_precedence_and_are_changed_only_there() {
        var declared = new Consumers(process.database(), () -> Map.of("acme", live(7)), installation.clock());
        declared.add("acme");
        consumers.setLimits("acme", live(3), EnumSet.of(Limit.MAX_LIVE));

        assertThat(declared.limits("acme").maxLive()).isEqualTo(7);
        assertThat(declared.declared("acme")).containsExactly(Limit.MAX_LIVE);
        assertFails(
                ErrorCode.CONFLICT,
                "config.yaml sets consumers.acme.maxLive; change it there",
                () -> declared.setLimits("acme", ConsumerLimits.NONE, EnumSet.of(Limit.MAX_LIVE)));
        declared.setLimits(
                "acme", new ConsumerLimits(null, List.of(), null, 500, null, null, null), EnumSet.of(Limit.MAX_CPU));
        assertThat(declared.limits("acme").set()).containsExactly(Limit.MAX_LIVE, Limit.MAX_CPU);
    }

    @Test
    void a_default_that_is_not_allowed_is_refused_and_nothing_is_stored() {
        consumers.add("acme");
        var limits = new ConsumerLimits(
                ProfileName.parse("ci"), List.of(ProfileName.parse("base")), null, null, null, null, null);

        assertFails(
                ErrorCode.INVALID_ARGUMENT,
                "the default profile.ci is not among the allowed profiles, profile.base",
                () -> consumers.setLimits("acme", limits, limits.set()));
        assertThat(consumers.limits("acme")).isEqualTo(ConsumerLimits.NONE);
    }

    private static ConsumerLimits live(int most) {
        return new ConsumerLimits(null, List.of(), most, null, null, null, null);
    }

    private static void assertFails(ErrorCode code, String text, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(text);
    }
}
