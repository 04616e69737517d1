package dev.sandboxer.modal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.feature.Accounting;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.protocol.modal.ClientProto.AppGetOrCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.Resources;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxCreateV2Request;
import dev.sandboxer.protocol.modal.ClientProto.SandboxListRequest;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Calls to Modal's control plane. */
class ControlPlaneTest {
    @AutoClose
    private final ScriptedModal modal = new ScriptedModal();

    @AutoClose
    private final Backend backend = modal.open(Path.of("unused"));

    @Test
    void every_call_names_this_client_and_is_retried_under_one_idempotency_key() {
        modal.refuse("SandboxWaitV2", Status.UNAVAILABLE).refuse("SandboxWaitV2", Status.INTERNAL);
        var made = backend.create(Requests.usual());

        assertThat(backend.describe(made.ref())).map(BackendSandbox::tag).contains(Requests.TAG);

        var all = modal.asked();
        assertThat(all.getFirst().method()).isEqualTo("AuthTokenGet");
        assertThat(all).allSatisfy(it -> {
            assertThat(it.header("x-modal-libmodal-version")).startsWith("sand-boxer/");
            assertThat(it.header("user-agent")).startsWith("sand-boxer/");
            assertThat(it.header("x-modal-token-id")).isEqualTo("ak-test");
            assertThat(it.header("x-modal-host")).isEqualTo("127.0.0.1");
        });
        assertThat(all.stream().skip(1))
                .allSatisfy(it -> assertThat(it.header("x-modal-auth-token")).startsWith("e30."));
        var attempts =
                all.stream().filter(it -> it.method().equals("SandboxWaitV2")).toList();
        assertThat(attempts).extracting(it -> it.header("x-retry-attempt")).contains("2");
        assertThat(attempts)
                .extracting(it -> it.header("x-idempotency-key"))
                .containsOnly(attempts.getFirst().header("x-idempotency-key"));
    }

    @Test
    void a_sandbox_without_a_gpu_is_of_the_second_generation_and_one_with_a_gpu_of_the_first() {
        backend.create(Requests.usual());
        backend.create(Requests.of(new SandboxTag("inst", "gpu", 1), Requests.gpu(2, "A100-80GB")));

        var second =
                modal.asked("SandboxCreateV2", SandboxCreateV2Request.class).getFirst();
        assertThat(second.getDefinition().getResources())
                .isEqualTo(Resources.newBuilder()
                        .setMilliCpu(1000)
                        .setMilliCpuMax(1000)
                        .setMemoryMb(512)
                        .setMemoryMbMax(512)
                        .setGpuConfig(Resources.newBuilder().getGpuConfigBuilder())
                        .build());
        assertThat(second.getSecretSources(0).getEnv().getContentsMap()).containsEntry("NAME", "value");
        var first = modal.asked("SandboxCreate", SandboxCreateRequest.class).getFirst();
        assertThat(first.getDefinition().getSecretIdsList()).containsExactly("st-1");
        assertThat(first.getDefinition().getResources().getGpuConfig().getGpuType())
                .isEqualTo("A100-80GB");
    }

    @Test
    void a_list_has_all_pages_and_only_our_sandboxes() {
        modal.control.foreign("other");
        IntStream.range(1, 6)
                .forEach(i -> backend.create(Requests.of(
                        new SandboxTag("inst", "sb", i), Requests.spec().build())));
        modal.control.foreign("other again");

        assertThat(backend.list()).extracting(it -> it.tag().attempt()).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
        modal.refuse("SandboxListV2", Status.PERMISSION_DENIED);
        assertThatThrownBy(backend::list).isInstanceOf(ExtensionException.class);
    }

    @Test
    void each_consumer_has_an_app_of_its_own_and_a_list_covers_all_of_them() {
        var longest = "c".repeat(64);
        backend.create(Requests.usual());
        backend.create(Requests.by(new SandboxTag("inst", "sb", 2), "team-a"));
        backend.create(Requests.by(new SandboxTag("inst", "sb", 3), "team-b"));
        backend.create(Requests.by(new SandboxTag("inst", "sb", 4), longest));
        backend.create(Requests.by(new SandboxTag("inst", "sb", 5), "team-a"));

        var apps = modal.asked("AppGetOrCreate", AppGetOrCreateRequest.class).stream()
                .map(AppGetOrCreateRequest::getAppName)
                .toList();
        assertThat(apps)
                .as("each is looked up once")
                .hasSize(4)
                .startsWith("sandboxer-inst", "sandboxer-inst-team-a", "sandboxer-inst-team-b")
                .allSatisfy(name -> assertThat(name).hasSizeLessThanOrEqualTo(64));
        assertThat(modal.asked("SandboxCreateV2", SandboxCreateV2Request.class))
                .extracting(SandboxCreateV2Request::getAppId)
                .containsExactly(
                        "ap-sandboxer-inst",
                        "ap-sandboxer-inst-team-a",
                        "ap-sandboxer-inst-team-b",
                        "ap-" + apps.getLast(),
                        "ap-sandboxer-inst-team-a");
        assertThat(backend.list()).extracting(it -> it.tag().attempt()).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
        assertThat(backend.find(new SandboxTag("inst", "sb", 3))).isPresent();
        assertThat(modal.asked("SandboxListV2", SandboxListRequest.class))
                .allSatisfy(it -> assertThat(it.getAppId()).isEmpty());
    }

    @Test
    void an_idle_timeout_is_passed_on_in_whole_seconds_and_never_shortened() {
        backend.create(Requests.of(
                Requests.TAG,
                Requests.spec().idleTimeout(Duration.ofMillis(90_001)).build()));
        backend.create(
                Requests.of(new SandboxTag("inst", "sb", 2), Requests.spec().build()));

        assertThat(modal.asked("SandboxCreateV2", SandboxCreateV2Request.class))
                .extracting(
                        it -> it.getDefinition().hasIdleTimeoutSecs(),
                        it -> it.getDefinition().getIdleTimeoutSecs())
                .containsExactly(tuple(true, 91), tuple(false, 0));
    }

    @Test
    void usage_and_prices_are_reported_as_modal_states_them() {
        var ref = backend.create(Requests.usual()).ref();
        var accounting = (Accounting) backend;

        var usage = accounting.usage(ref).orElseThrow();
        assertThat(usage.cpu()).isEqualTo(Duration.ofMillis(1500));
        assertThat(usage.memoryGibSeconds()).isEqualByComparingTo("0.75");
        assertThat(usage.gpu()).isEqualTo(Duration.ofSeconds(3));
        assertThat(usage.gpuType()).isEqualTo("H100");
        assertThat(accounting.rates()).containsExactly(entry("cpu", "0.1419"));
        backend.destroy(ref);
        assertThatThrownBy(() -> accounting.usage(ref))
                .isInstanceOfSatisfying(
                        ExtensionException.class, e -> assertThat(e.kind()).isEqualTo(Kind.GONE));
    }

    @Test
    void withheld_usage_and_prices_do_not_make_the_token_invalid() {
        var ref = backend.create(Requests.usual()).ref();
        modal.refuse("WorkspaceBillingRates", Status.PERMISSION_DENIED.withDescription("your plan has no billing API"))
                .refuse("SandboxGetResourceUsage", Status.UNIMPLEMENTED);
        var accounting = (Accounting) backend;

        assertThat(accounting.rates()).isEmpty();
        assertThat(accounting.usage(ref)).isEmpty();
    }

    @Test
    void a_deleted_app_is_created_again_for_the_next_creation() {
        backend.create(Requests.usual());
        modal.refuse("SandboxCreateV2", Status.NOT_FOUND.withDescription("no such app"));
        assertThatThrownBy(() -> backend.create(Requests.by(new SandboxTag("inst", "sb", 2), null)))
                .isInstanceOfSatisfying(
                        ExtensionException.class, e -> assertThat(e.effect()).isEqualTo(Effect.NOT_APPLIED));

        backend.create(Requests.by(new SandboxTag("inst", "sb", 3), null));

        assertThat(modal.asked("AppGetOrCreate", AppGetOrCreateRequest.class)).hasSize(2);
    }

    @Test
    void a_sandbox_that_ended_elsewhere_is_gone_for_open_sessions() {
        var ref = backend.create(Requests.usual()).ref();
        var session = backend.connect(ref);
        modal.control.end(ref.value(), dev.sandboxer.protocol.modal.ClientProto.GenericResult.Status.TERMINATED, 0);

        assertThat(backend.describe(ref)).isEmpty();
        assertThatThrownBy(() -> backend.connect(ref)).isInstanceOfSatisfying(ExtensionException.class, e -> {
            assertThat(e.kind()).isEqualTo(Kind.GONE);
            assertThat(e).hasMessageContaining("it was terminated");
        });
        assertThatThrownBy(() -> session.processes().start(ProcessSpec.of("true")))
                .isInstanceOfSatisfying(
                        ExtensionException.class, e -> assertThat(e.kind()).isEqualTo(Kind.GONE));
        backend.destroy(ref);
        backend.destroy(new BackendRef("sb-never"));
    }

    @Test
    void a_creation_at_an_unreachable_server_has_no_effect() {
        modal.close();

        assertThatThrownBy(() -> backend.create(Requests.usual()))
                .isInstanceOfSatisfying(ExtensionException.class, e -> {
                    assertThat(e.kind()).isEqualTo(Kind.TRANSIENT);
                    assertThat(e.effect()).isEqualTo(Effect.NOT_APPLIED);
                });
    }

    @Test
    void tokens_that_expire_soon_are_renewed_while_work_goes_on() {
        modal.control.tokenLife = Duration.ofSeconds(1);
        var session = backend.connect(backend.create(Requests.usual()).ref());
        for (int i = 0; i < 3; i++) {
            assertThat(CompletedRun.sh(session, "echo here; sleep 0.5").output())
                    .isEqualTo("here\n");
        }
        assertThat(modal.asked())
                .filteredOn(it -> it.method().equals("SandboxGetCommandRouterAccess"))
                .isNotEmpty();
    }
}
