package dev.sandboxer.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.testing.Concurrently;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract of stored credentials, their owners and their use, for every database. */
abstract class CredentialsContract extends VaultFixture {
    @Test
    void another_process_reads_what_was_stored() {
        var stored = add("own", KEY);

        try (var other = installation.start(List.of(cloud))) {
            assertThat(other.credentials().open(stored.id()).credential().fields())
                    .isEqualTo(Map.of("key", KEY));
        }
    }

    @Test
    void a_credential_that_its_extension_rejects_is_not_stored() {
        assertFails(ErrorCode.CREDENTIAL_INVALID, "no key_ and letters", () -> add("own", "nonsense-0123456789"));
        assertThat(process.credentials().list()).isEmpty();
    }

    @Test
    void one_key_cannot_have_two_owners() {
        add("own", KEY);

        assertFails(ErrorCode.CREDENTIAL_EXISTS, "stored already, as", () -> add("again", KEY));
        assertFails(
                ErrorCode.CREDENTIAL_EXISTS,
                "for another owner",
                () -> process.credentials()
                        .add(Owner.consumer("other"), cloud.id(), "theirs", Map.of("key", KEY), false));
        assertFails(
                ErrorCode.CREDENTIAL_EXISTS,
                "for another owner",
                () -> process.credentials().add(Owner.PLATFORM, cloud.id(), "ours", Map.of("key", KEY), false));
    }

    @Test
    void the_same_key_in_capitals_is_the_same_key() {
        add("own", KEY);

        assertFails(
                ErrorCode.CREDENTIAL_EXISTS,
                "for another owner",
                () -> process.credentials()
                        .add(Owner.PLATFORM, cloud.id(), "ours", Map.of("key", "key_0123456789ABCDEF"), false));
    }

    @Test
    void a_key_in_the_environment_cannot_be_stored_for_a_consumer() {
        installation.environment().put("CLOUD_KEY", KEY);

        assertFails(
                ErrorCode.CREDENTIAL_EXISTS, "in the environment of this process (CLOUD_KEY", () -> add("own", KEY));
        assertThat(process.credentials().list()).isEmpty();
        process.credentials().add(Owner.PLATFORM, cloud.id(), "ours", Map.of("key", KEY), false);
        add("own", "key_fedcba9876543210");
    }

    @Test
    void an_owner_uses_a_name_once() {
        add("own", KEY);

        assertFails(ErrorCode.CREDENTIAL_EXISTS, "\"own\"", () -> add("own", "key_fedcba9876543210"));
        process.credentials().add(Owner.PLATFORM, cloud.id(), "own", Map.of("key", "key_fedcba9876543210"), false);
    }

    @Test
    void fields_are_checked_by_name_before_anything_is_stored() {
        assertFails(ErrorCode.CREDENTIAL_INVALID, "needs the field key", () -> put(Map.of()));
        assertFails(ErrorCode.CREDENTIAL_INVALID, "has no field \"token\"", () -> put(Map.of("token", KEY)));
        assertFails(ErrorCode.CREDENTIAL_INVALID, "needs the field key", () -> put(Map.of("key", "")));
        assertThat(process.credentials().list()).isEmpty();
        assertThat(home.resolve("master-key.json")).doesNotExist();
    }

    @Test
    void a_custom_endpoint_needs_its_own_key() {
        installation.environment().put("CLOUD_KEY", "key_platform1");

        assertFails(
                ErrorCode.CREDENTIAL_INVALID,
                "needs the field key (its key); it is never taken from another credential",
                () -> put(Map.of("url", "https://evil.example")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"key_0123\n4567", "key_0123\r\nX: 1", "key_01 23", "key_0123\u0000", "key_0123\t"})
    void a_key_with_control_characters_or_blanks_is_refused_without_being_shown(String key) {
        assertThatThrownBy(() -> add("own", key))
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CREDENTIAL_INVALID))
                .message()
                .doesNotContain("0123");
    }

    @Test
    void a_refusal_is_remembered_until_the_backend_accepts_it_again() {
        var stored = add("own", KEY);

        process.credentials().refused(stored.id(), "401: " + KEY);

        var refusal = process.credentials().get("own").refusal();
        assertThat(refusal).isNotNull();
        assertThat(refusal.message()).isEqualTo("401: [hidden]");
        process.credentials().accepted(stored.id());
        assertThat(process.credentials().get("own").refusal()).isNull();
    }

    @Test
    void a_credential_removed_after_it_was_chosen_starts_nothing() {
        var stored = add("own", KEY);
        process.database().write(handle -> process.credentials().requireExists(handle, stored.id()));
        process.credentials().remove(stored);

        assertFails(
                ErrorCode.UNKNOWN_CREDENTIAL,
                "was removed just now",
                () -> process.database().write(handle -> process.credentials().requireExists(handle, stored.id())));
    }

    @Test
    void a_removal_waits_for_a_transaction_that_starts_using_the_credential() throws Exception {
        var stored = add("own", KEY);
        try (var other = installation.start(List.of(cloud));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var removal = process.database().transaction(handle -> {
                process.credentials().requireExists(handle, stored.id());
                var removing = threads.submit(() -> other.credentials().remove(stored));
                assertWaits(removing);
                handle.execute(
                        "INSERT INTO snapshots (id, consumer, sandbox, profile, extension, credential, created_at, state,"
                                + " actor) VALUES ('s1', 'me', 's0', 'profile.test', 'ext.cloud', ?, 0, 'READY', '1.0.x')",
                        stored.id().value());
                return removing;
            });

            assertThatThrownBy(removal::get)
                    .cause()
                    .isInstanceOfSatisfying(
                            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CREDENTIAL_IN_USE))
                    .hasMessageContaining("snapshot s1");
        }
    }

    @Test
    void a_credential_that_is_being_removed_starts_nothing() throws Exception {
        var stored = add("own", KEY);
        try (var other = installation.start(List.of(cloud));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var use = new CompletableFuture<Future<?>>();
            CredentialUsers users = (handle, credential, lost) -> {
                var using = threads.submit(() ->
                        other.database().write(ours -> other.credentials().requireExists(ours, stored.id())));
                assertWaits(using);
                use.complete(using);
                return List.of();
            };

            new CredentialStore(process.database(), users).removeUnlessUsed(stored.id(), false);

            assertThatThrownBy(use.get()::get)
                    .cause()
                    .isInstanceOfSatisfying(
                            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_CREDENTIAL));
        }
    }

    private static void assertWaits(Future<?> work) {
        assertThatThrownBy(() -> work.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
    }

    @RepeatedTest(5)
    void of_many_concurrent_additions_of_one_key_one_succeeds() throws Exception {
        try (var other = installation.start(List.of(cloud))) {
            var done = Concurrently.run(4, i -> {
                try {
                    (i % 2 == 0 ? process : other)
                            .credentials()
                            .add(ME, cloud.id(), "own" + i, Map.of("key", KEY), false);
                    return "stored";
                } catch (SandboxException e) {
                    return e.code().name();
                }
            });

            assertThat(done).containsOnlyOnce("stored").containsOnly("stored", "CREDENTIAL_EXISTS");
        }
    }

    @RepeatedTest(5)
    void concurrent_refusals_become_one() throws Exception {
        var stored = add("own", KEY);
        try (var other = installation.start(List.of(cloud))) {
            Concurrently.run(6, i -> {
                (i % 2 == 0 ? process : other).credentials().refused(stored.id(), "401\0");
                return i;
            });

            var refusal = other.credentials().get("own").refusal();
            assertThat(refusal).isNotNull();
            assertThat(refusal.message()).isEqualTo("401?");
        }
    }

    @Test
    void an_unknown_name_is_repeated_only_if_it_cannot_be_a_key() {
        assertFails(
                ErrorCode.UNKNOWN_CREDENTIAL,
                "credential c0123456789ab not found;",
                () -> process.credentials().get("c0123456789ab"));
        for (String given : List.of(KEY, "env." + KEY, "env.cloud@" + KEY)) {
            installation.environment().put("CLOUD_KEY", "key_platform1");
            assertThatThrownBy(() -> process.credentials().id(given))
                    .isInstanceOfSatisfying(
                            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_CREDENTIAL))
                    .message()
                    .doesNotContain(KEY);
        }
    }

    private void put(Map<String, String> fields) {
        process.credentials().add(ME, cloud.id(), "own", fields, false);
    }
}
