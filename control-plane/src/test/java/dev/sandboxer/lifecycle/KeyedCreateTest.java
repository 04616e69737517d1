package dev.sandboxer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.credentials.Owner;
import dev.sandboxer.credentials.Receipt;
import dev.sandboxer.credentials.Rule;
import dev.sandboxer.credentials.StoredCredential;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.state.Attempt;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.FakeExtension;
import dev.sandboxer.testing.Fault;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.TestInstallation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The keys with which sandboxes are created, used and ended. */
class KeyedCreateTest {
    private static final Owner ME = Owner.consumer(TestInstallation.ME);
    private static final String MINE = "key_consumer1";
    private static final String PLATFORMS = "key_platform1";

    @TempDir(factory = MemoryDirectory.class)
    Path home;

    private TestInstallation installation;
    private FakeExtension keyed;
    private FakeExtension free;
    private ControlPlane process;

    @BeforeEach
    void start() {
        installation = new TestInstallation(home);
        keyed = FakeExtension.keyed("cloud", installation.clock());
        free = FakeExtension.named("free", installation.clock());
        process = installation.start(List.of(keyed, free));
    }

    @AfterEach
    void stop() {
        process.close();
    }

    @Test
    void a_sandbox_keeps_its_receipt_and_so_does_its_attempt() {
        var own = add(MINE, false);

        var sandbox = create(null);

        assertThat(sandbox.receipt()).isEqualTo(new Receipt(own.id(), ME, Rule.CONSUMER));
        assertThat(sandboxes().attempts(sandbox))
                .singleElement()
                .extracting(Attempt::receipt)
                .isEqualTo(sandbox.receipt());
        assertThat(keyed.cloud().keyOf(sandbox.ref())).contains(MINE);
    }

    @Test
    void a_sandbox_is_ended_with_the_key_that_created_it_even_if_there_is_a_newer_one() {
        add(MINE, false);
        var sandbox = create(null);
        installation.clock().advance(Duration.ofSeconds(1));
        process.credentials().add(ME, keyed.id(), "newer", Map.of("key", "key_consumer2"), false);

        var used = sandboxes().<Boolean, RuntimeException>use(sandbox, session -> true);
        assertThat(used).isTrue();
        sandboxes().destroy(sandbox);

        assertThat(keyed.cloud().running()).isEmpty();
    }

    @Test
    void a_credential_cannot_be_removed_while_its_sandbox_runs() {
        var own = add(MINE, false);
        var sandbox = create(null);

        assertFails(
                ErrorCode.CREDENTIAL_IN_USE,
                "sandbox " + sandbox.id(),
                () -> process.credentials().remove(own));

        sandboxes().destroy(sandbox);
        process.credentials().remove(own);
        assertThat(process.credentials().list()).isEmpty();
    }

    @Test
    void a_revoked_key_is_named_in_the_message_and_not_tried_again() {
        installation.environment().put("CLOUD_KEY", PLATFORMS);
        var own = add(MINE, false);
        keyed.cloud().revoke(MINE);

        assertFails(ErrorCode.CREDENTIAL_REFUSED, "ext.cloud refuses credential " + own.id(), () -> create(null));
        assertFails(ErrorCode.NO_CANDIDATE, own.id() + " of me was refused on", () -> create(null));

        assertThat(keyed.cloud().created())
                .as("not tried with the platform's key either")
                .isEmpty();
    }

    @Test
    void after_a_refused_key_the_platforms_key_is_tried_if_the_owner_permits_it() {
        installation.environment().put("CLOUD_KEY", PLATFORMS);
        add(MINE, true);
        keyed.cloud().revoke(MINE);

        var sandbox = create(null);

        assertThat(sandbox.receipt().rule()).isEqualTo(Rule.PLATFORM_FALLBACK);
        assertThat(keyed.cloud().keyOf(sandbox.ref())).contains(PLATFORMS);
        assertThat(sandboxes().attempts(sandbox)).hasSize(2);
    }

    @Test
    void after_any_other_failure_the_platforms_key_is_not_tried() {
        installation.environment().put("CLOUD_KEY", PLATFORMS);
        add(MINE, true);
        keyed.cloud().plan(Fault.Call.CREATE, new Fault.Refused(Kind.CAPACITY, "full"));

        assertFails(ErrorCode.NO_CANDIDATE, "full", () -> create(null));
        assertThat(keyed.cloud().created()).isEmpty();
    }

    @Test
    void after_a_refusal_the_next_extension_of_the_route_is_tried() {
        add(MINE, false);
        keyed.cloud().revoke(MINE);

        var sandbox = sandboxes().create(request(null, true));

        assertThat(sandbox.extension()).isEqualTo(free.id());
        assertThat(sandbox.receipt()).isNull();
    }

    @Test
    void a_refusals_message_is_stored_without_the_key() throws IOException {
        add(MINE, false);
        keyed.cloud().revoke(MINE);
        assertThatThrownBy(() -> create(null)).isInstanceOf(SandboxException.class);

        process.database().close();
        try (var files = Files.list(home)) {
            for (Path file : files.toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(MINE);
            }
        }
    }

    @Test
    void a_key_that_cannot_be_decrypted_begins_no_creation() throws IOException {
        var own = add(MINE, false);
        process.close();
        Files.delete(home.resolve("master-key.json"));
        process = installation.start(List.of(keyed, free));

        assertFails(ErrorCode.MASTER_KEY_UNUSABLE, "is missing", () -> create(null));

        assertThat(sandboxes().list(TestInstallation.ME, true)).isEmpty();
        assertThat(process.credentials().list()).singleElement().isEqualTo(own);
    }

    @Test
    void repair_finds_a_lost_creation_in_its_own_account() {
        add(MINE, false);
        keyed.cloud().plan(Fault.Call.CREATE, new Fault.AnswerLost());
        keyed.cloud().plan(Fault.Call.FIND, new Fault.Refused(Kind.TRANSIENT, "later"));
        assertThatThrownBy(() -> create(null)).isInstanceOf(SandboxException.class);
        assertThat(keyed.cloud().running()).hasSize(1);
        installation.clock().advance(Duration.ofSeconds(1));
        process.credentials().add(ME, keyed.id(), "newer", Map.of("key", "key_consumer2"), false);
        installation.kill(process);
        process = installation.start(List.of(keyed, free));

        sandboxes().repair().repairUnfinished();

        assertThat(keyed.cloud().running()).isEmpty();
    }

    @Test
    void a_sandbox_whose_key_was_revoked_is_given_up_only_after_its_deadline() {
        add(MINE, false);
        var sandbox = create(null);
        keyed.cloud().revoke(MINE);

        assertFails(ErrorCode.BACKEND_FAILED, "could not end", () -> sandboxes().destroy(sandbox));
        sandboxes().repair().repairUnfinished();
        assertThat(sandboxes().get(TestInstallation.ME, sandbox.id().value()).state())
                .isEqualTo(SandboxState.STOPPING);

        installation.clock().advance(TestInstallation.TTL.plusMinutes(6));
        sandboxes().repair().repairUnfinished();
        var ended = sandboxes().get(TestInstallation.ME, sandbox.id().value());
        assertThat(ended.state()).isEqualTo(SandboxState.STOPPED);
        assertThat(ended.reason()).isEqualTo(EndReason.KILLED);
    }

    @Test
    void a_sandbox_of_one_key_of_the_environment_is_not_ended_with_another() {
        installation.environment().put("CLOUD_KEY", PLATFORMS);
        var sandbox = create(null);

        installation.environment().put("CLOUD_KEY", "key_platform2");
        assertFails(
                ErrorCode.CREDENTIAL_MISSING,
                "its key or address has changed",
                () -> sandboxes().destroy(sandbox));
        assertThat(keyed.cloud().running()).hasSize(1);
        assertThat(sandboxes().get(TestInstallation.ME, sandbox.id().value()).state())
                .as("not gone just because the other account does not list it")
                .isEqualTo(SandboxState.STOPPING);

        installation.environment().put("CLOUD_KEY", PLATFORMS);
        sandboxes().repair().repairUnfinished();
        assertThat(keyed.cloud().running()).isEmpty();
    }

    @Test
    void a_sandbox_whose_master_key_was_lost_still_expires() throws IOException {
        add(MINE, false);
        var sandbox = create(null);
        process.close();
        Files.delete(home.resolve("master-key.json"));
        process = installation.start(List.of(keyed, free));

        installation.clock().advance(TestInstallation.TTL.plusMinutes(1));
        assertThat(sandboxes().repair().repairUnfinished())
                .singleElement()
                .satisfies(it -> assertThat(it.text()).startsWith("not settled: the master key"));
        installation.clock().advance(Duration.ofMinutes(5));
        sandboxes().repair().repairUnfinished();

        assertThat(sandboxes().get(TestInstallation.ME, sandbox.id().value()).reason())
                .isEqualTo(EndReason.EXPIRED);
    }

    @Test
    void reconciling_looks_into_every_account() {
        add(MINE, false);
        var sandbox = create(null);
        installation.clock().advance(Duration.ofSeconds(1));
        process.credentials().add(ME, keyed.id(), "newer", Map.of("key", "key_consumer2"), false);
        create(null);
        keyed.cloud().lose(sandbox.ref());

        var settled = sandboxes().repair().reconcile(List.of(keyed, free));

        assertThat(settled)
                .singleElement()
                .satisfies(it -> assertThat(it.sandbox()).isEqualTo(sandbox.id()));
        assertThat(sandboxes().list(TestInstallation.ME, false)).hasSize(1);
    }

    private Sandboxes sandboxes() {
        return process.sandboxes();
    }

    private StoredCredential add(String key, boolean fallback) {
        return process.credentials().add(ME, keyed.id(), "own", Map.of("key", key), fallback);
    }

    private Sandbox create(@Nullable String credential) {
        return sandboxes().create(request(credential, false));
    }

    private CreateSandbox request(@Nullable String credential, boolean elsewhereToo) {
        var profile =
                elsewhereToo ? TestInstallation.profile(keyed.id(), free.id()) : TestInstallation.profile(keyed.id());
        return CreateSandbox.of(TestInstallation.ME, profile)
                .credential(credential)
                .build();
    }

    private static void assertFails(ErrorCode code, String text, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(text);
    }
}
