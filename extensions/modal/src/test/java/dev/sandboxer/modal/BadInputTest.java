package dev.sandboxer.modal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.Support;
import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Unsupported requests are refused with the reason, and without a call where the answer is known here. */
class BadInputTest {
    @AutoClose
    private final ScriptedModal modal = new ScriptedModal();

    @AutoClose
    private final Backend backend = modal.open(Path.of("unused"));

    private void refused(SandboxSpec spec, String reason) {
        assertThat(new ModalExtension().supports(spec))
                .isInstanceOfSatisfying(
                        Support.Unsupported.class, no -> assertThat(no.reason()).contains(reason));
        assertThatThrownBy(() -> backend.create(Requests.of(Requests.TAG, spec)))
                .isInstanceOfSatisfying(ExtensionException.class, e -> {
                    assertThat(e.kind()).isEqualTo(Kind.UNSUPPORTED);
                    assertThat(e.effect()).isEqualTo(Effect.NOT_APPLIED);
                })
                .hasMessageContaining(reason);
        assertThat(modal.asked()).isEmpty();
    }

    @Test
    void gpus_that_modal_does_not_offer_are_refused() {
        refused(Requests.gpu(1, "NOPE"), "no GPU of type NOPE");
        refused(Requests.gpu(1, "T4", "t4"), "no GPU of type t4");
        refused(Requests.gpu(9, "H100"), "at most 8 GPUs");
        refused(Requests.gpu(5, "A10"), "at most 4 GPUs");
        assertThatThrownBy(() -> new Gpu(0, List.of("T4"))).hasMessageContaining("at least 1");
        assertThat(new ModalExtension().supports(Requests.gpu(8, "H100!", "B200+")))
                .isEqualTo(new Support.Supported());
    }

    @Test
    void variable_names_that_modal_forbids_are_refused() {
        for (var name : new String[] {"1A", "A-B", "A B", "Ä", "A.B"}) {
            refused(Requests.spec().env(Map.of(name, "x")).build(), "no variable");
        }
    }

    @Test
    void templates_that_are_not_images_are_refused() {
        refused(Requests.spec().source(new Source.Template("base")).build(), "image:debian:13");
    }

    @Test
    void disks_that_modal_would_bill_as_memory_are_refused() {
        refused(Requests.spec().size(new SandboxSize(1000, 512, 600 << 10)).build(), "512 GiB");
    }

    @Test
    void a_refusal_by_modal_is_passed_on_in_its_words_without_the_secret() {
        modal.refuse(
                "SandboxCreateV2",
                Status.INVALID_ARGUMENT.withDescription("no such region, said " + ScriptedModal.SECRET));

        assertThatThrownBy(() -> backend.create(Requests.of(
                        Requests.TAG, Requests.spec().region("nowhere").build())))
                .isInstanceOfSatisfying(
                        ExtensionException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID))
                .hasMessageContaining("no such region, said [redacted]");
        modal.refuse("SandboxCreateV2", Status.UNAUTHENTICATED).refuse("SandboxCreateV2", Status.UNAUTHENTICATED);
        assertThatThrownBy(() -> backend.create(Requests.usual()))
                .isInstanceOfSatisfying(
                        ExtensionException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CREDENTIAL));
    }
}
