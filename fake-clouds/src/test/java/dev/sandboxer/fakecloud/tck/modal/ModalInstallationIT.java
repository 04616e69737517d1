package dev.sandboxer.fakecloud.tck.modal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.config.Home;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.CreationProgress;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.session.ProcessEvent.Exited;
import dev.sandboxer.extension.session.ProcessEvent.Output;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.extension.tck.Eventually;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.terms.Terms;
import dev.sandboxer.payments.Money;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An installation whose sandboxes are in a Modal account with faults. After each test, no sandbox may be left there, and no credit held.
 */
@Timeout(180)
class ModalInstallationIT {
    private static final String PROFILES = """
            profiles:
              profile.plain:
                route: [ext.modal]
                templates: {ext.modal: "image:sandboxer/tck:1"}
                cpu: 0.5
                memory: 256MiB
                disk: 512MiB
                ttl: 10m
                maxTtl: 24h
                network: deny
              profile.either:
                route: [ext.modal, ext.local]
                templates: {ext.modal: "image:sandboxer/tck:1", ext.local: base}
                cpu: 0.5
                memory: 256MiB
                disk: 512MiB
                ttl: 10m
                maxTtl: 24h
                network: deny
              profile.gpu:
                route: [ext.modal]
                templates: {ext.modal: "image:sandboxer/tck:1"}
                cpu: 0.5
                memory: 256MiB
                disk: 512MiB
                gpu: H100
                ttl: 10m
                maxTtl: 24h
                network: deny
            """;

    private ModalCloud cloud;
    private Sandboxer installation;

    private void faults(String... rules) throws IOException {
        cloud = ModalCloud.start("faults: [" + String.join(", ", rules) + "]\n");
        Files.writeString(Files.createDirectories(cloud.home().resolve("i")).resolve("config.yaml"), PROFILES);
        open();
    }

    private void open() {
        installation = Sandboxer.open(
                new Home(cloud.home().resolve("i")),
                Map.of(
                        "MODAL_TOKEN_ID", cloud.token().id(),
                        "MODAL_TOKEN_SECRET", cloud.token().secret(),
                        "MODAL_SERVER_URL", cloud.url()),
                InstantSource.system());
    }

    /** Restarts the installation, and repairs it as a new process does at its start. */
    private void restart() {
        installation.close();
        open();
        installation.sandboxes().repair().repairUnfinished();
        reconcile();
    }

    private void reconcile() {
        installation
                .sandboxes()
                .repair()
                .reconcile(List.copyOf(installation.extensions().all()));
    }

    @AfterEach
    void nothing_is_left() {
        try (var ending = cloud;
                var open = installation) {
            open.sandboxes().list(null, false).forEach(open.sandboxes()::destroy);
            assertThat(cloud.sandboxes()).as("in the account").isEmpty();
            assertThat(ending.directories()).as("on the cloud's host").isEmpty();
            assertThat(open.ledger().balance(Sandboxer.LOCAL_CONSUMER).held())
                    .as("held credit")
                    .isEqualTo(Money.ZERO);
        }
    }

    private CreateSandbox.Builder request(String profile) {
        return CreateSandbox.of(
                Sandboxer.LOCAL_CONSUMER, installation.profiles().get("profile." + profile));
    }

    private Sandbox create(String profile) {
        return installation.sandboxes().create(request(profile).build());
    }

    private Sandbox now(Sandbox sandbox) {
        return installation.sandboxes().find(sandbox.id()).orElseThrow();
    }

    private static SandboxException failure(Callable<?> call) {
        return catchThrowableOfType(SandboxException.class, call::call);
    }

    /** Runs a script in a sandbox and returns its output. */
    private String run(Sandbox sandbox, String script) {
        return installation.sandboxes().<String, RuntimeException>use(sandbox, session -> {
            var out = new StringBuilder();
            try (var process = session.processes().start(ProcessSpec.of("/bin/sh", "-c", script))) {
                while (true) {
                    switch (process.next(Duration.ofSeconds(60))) {
                        case Output piece -> out.append(new String(piece.bytes(), UTF_8));
                        case Exited _ -> {
                            return out.toString();
                        }
                        case null -> throw new AssertionError("silent after: " + out);
                    }
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private Money consumed() {
        return installation.ledger().balance(Sandboxer.LOCAL_CONSUMER).consumed();
    }

    @Test
    void a_sandbox_has_our_tags_and_its_deadline_cannot_be_moved() throws IOException {
        faults();

        var sandbox = create("plain");

        assertThat(run(sandbox, "echo up")).isEqualTo("up\n");
        var there = cloud.sandboxes();
        assertThat(there).hasSize(1);
        assertThat(there.getFirst().getTagsList())
                .extracting(tag -> tag.getTagName())
                .contains("sandboxer_tag", "sandboxer_installation");
        var fixed = failure(() -> installation
                .sandboxes()
                .extend(sandbox, Duration.ofHours(1), installation.profiles().get("profile.plain")));
        assertThat(fixed).hasMessageContaining("ext.modal can't move a deadline");
        assertThat(installation.sandboxes().destroy(sandbox).state()).isEqualTo(SandboxState.STOPPED);
        assertThat(cloud.sandboxes()).isEmpty();
    }

    @Test
    void an_idle_sandbox_ends_at_modal_and_its_reason_is_idle_not_lost() throws Exception {
        faults();
        var request = request("plain").terms(Terms.DEFAULT.withIdleTimeout(Duration.ofSeconds(3)));
        var sandbox = installation.sandboxes().create(request.build());
        assertThat(installation.sandboxes().counted(sandbox))
                .hasValueSatisfying(
                        usage -> assertThat(usage.memoryGibSeconds()).isPositive());

        Eventually.holds(
                Duration.ofSeconds(60),
                "ended at Modal",
                () -> cloud.sandboxes().isEmpty());
        reconcile();

        assertThat(now(sandbox).reason()).isEqualTo(EndReason.IDLE);
        assertThat(now(sandbox).endedAt()).isBefore(sandbox.deadline());
    }

    @Test
    void a_creation_whose_answer_was_lost_is_adopted() throws IOException {
        faults("{call: SandboxCreateV2, times: 1, loseResponse: true}", "{call: SandboxListV2, times: 1, empty: true}");

        var sandbox = create("either");

        assertThat(sandbox.extension().value()).isEqualTo("ext.modal");
        assertThat(run(sandbox, "echo up")).isEqualTo("up\n");
        assertThat(cloud.sandboxes()).as("made once").hasSize(1);
    }

    @Test
    void a_creation_that_can_be_neither_confirmed_nor_found_is_undone_by_repair() throws IOException {
        faults(
                "{call: SandboxCreateV2, times: 1, loseResponse: true}",
                "{call: SandboxListV2, times: 4, status: UNAVAILABLE}");

        var unknown = failure(() -> create("either"));

        assertThat(unknown.code()).isEqualTo(ErrorCode.BACKEND_FAILED);
        assertThat(unknown).hasMessageContaining("ext.modal may have created sandbox");
        assertThat(cloud.directories()).as("it runs").hasSize(1);
        restart();
        assertThat(cloud.sandboxes()).isEmpty();
        assertThat(consumed()).isEqualTo(Money.ZERO);
    }

    @Test
    void a_rate_limit_without_a_retry_time_falls_over_to_the_next_extension() throws IOException {
        faults("{call: SandboxCreateV2, times: 1, status: RESOURCE_EXHAUSTED, message: too many sandboxes}");

        assertThat(create("either").extension().value()).isEqualTo("ext.local");
        assertThat(cloud.sandboxes()).isEmpty();
    }

    @Test
    void a_failed_build_is_reported_and_costs_nothing() throws IOException {
        faults("{call: ImageGetOrCreate, times: 1, failBuild: \"Step 1\\nE: no such package\"}");

        var failed = failure(() -> create("plain"));

        assertThat(failed).hasMessageContaining("could not be built").hasMessageContaining("E: no such package");
        assertThat(consumed()).isEqualTo(Money.ZERO);
    }

    @Test
    void waiting_for_a_gpu_is_shown_and_limited_and_costs_nothing() throws IOException {
        faults("{call: SandboxGetTaskId, empty: true}");
        var events = new CopyOnWriteArrayList<String>();
        var request = request("gpu")
                .ttl(Duration.ofSeconds(15))
                .progress(event -> events.add(event.stage() + " " + event.text()))
                .build();

        var none = failure(() -> installation.sandboxes().create(request));

        assertThat(none).hasMessageContaining("no GPU of type H100 within");
        assertThat(events).anyMatch(text -> text.startsWith("QUEUED waiting for a GPU of type H100"));
        assertThat(consumed()).isEqualTo(Money.ZERO);
    }

    @Test
    void waiting_for_a_gpu_can_be_interrupted() throws Exception {
        faults("{call: SandboxGetTaskId, empty: true}");
        var waits = new CountDownLatch(1);
        var request = request("gpu").progress(event -> release(event, waits)).build();
        var outcome = new CompletableFuture<Throwable>();
        var caller = Thread.ofVirtual()
                .start(() -> outcome.complete(
                        catchThrowable(() -> installation.sandboxes().create(request))));
        waits.await();

        caller.interrupt();

        assertThat(outcome.get()).isNotNull();
        restart(); // the interrupted thread has recorded nothing
        assertThat(cloud.sandboxes()).isEmpty();
        assertThat(consumed()).isEqualTo(Money.ZERO);
    }

    private static void release(CreationProgress event, CountDownLatch waits) {
        if (event.text().startsWith("waiting for a GPU")) {
            waits.countDown();
        }
    }

    @Test
    void a_sandbox_that_was_terminated_from_outside_has_ended_here_too() throws IOException {
        faults("{call: TaskExecStart, times: 1, expire: true}");
        var sandbox = create("plain");

        var ended = failure(() -> run(sandbox, "true"));

        assertThat(ended).hasMessageContaining("has ended");
        restart();
        assertThat(now(sandbox).state()).isEqualTo(SandboxState.STOPPED);
        assertThat(now(sandbox).reason()).isEqualTo(EndReason.LOST);
    }

    @Test
    void an_unknown_sandbox_of_this_installation_is_destroyed() throws IOException {
        faults();
        var modal = new ExtensionId("ext.modal");
        var context = installation.extensions().context(modal);
        var spec = SandboxSpec.builder(
                        new Source.Image(ModalCloud.IMAGE, null),
                        installation.profiles().get("profile.plain").size())
                .build();
        try (var backend = installation.extensions().get(modal).open(context, cloud.credential())) {
            var deadline = Instant.now().plus(Duration.ofHours(1));
            backend.create(new CreateRequest(new SandboxTag(context.installation(), "unknown", 1), spec, deadline));
            backend.create(new CreateRequest(new SandboxTag("another", "unknown", 1), spec, deadline));
        }

        reconcile();

        assertThat(cloud.sandboxes()).as("another installation's stays").hasSize(1);
        try (var backend = installation
                .extensions()
                .get(modal)
                .open(new ExtensionContext("another", context.directory(), context.clock()), cloud.credential())) {
            backend.list().forEach(other -> backend.destroy(other.ref()));
        }
        assertThat(cloud.sandboxes()).isEmpty();
    }
}
