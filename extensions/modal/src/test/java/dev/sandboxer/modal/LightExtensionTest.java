package dev.sandboxer.modal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every command loads the extension, but only those that use Modal load gRPC. */
class LightExtensionTest {
    /** Runs in a process of its own, and calls everything that an extension answers without being opened. */
    static final class Describe {
        private Describe() {}

        public static void main(String[] args) {
            var extension = java.util.ServiceLoader.load(dev.sandboxer.extension.Extension.class).stream()
                    .map(java.util.ServiceLoader.Provider::get)
                    .filter(it -> it.id().value().equals("ext.modal"))
                    .findFirst()
                    .orElseThrow();
            var context = ScriptedModalContext.unused();
            System.out.println(
                    extension.capabilities() + " " + extension.credentialFields() + extension.checkHost(context)
                            + extension.networkEnforcement() + extension.templates() + extension.metered()
                            + extension.supports(Requests.spec().build())
                            + extension.supports(Requests.gpu(9, "H100")));
        }
    }

    /** Like the context of {@link ScriptedModal}, which this test can't use because it loads gRPC. */
    static final class ScriptedModalContext {
        private ScriptedModalContext() {}

        static dev.sandboxer.extension.ExtensionContext unused() {
            return new dev.sandboxer.extension.ExtensionContext(
                    "inst", java.nio.file.Path.of("unused"), java.time.InstantSource.system());
        }
    }

    @Test
    void an_extension_that_is_not_opened_loads_no_grpc() throws IOException, InterruptedException {
        var java = System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
        var process = new ProcessBuilder(List.of(
                        java, "-verbose:class", "-cp", System.getProperty("java.class.path"), Describe.class.getName()))
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor())
                .as(output.lines()
                        .skip(Math.max(0, output.lines().count() - 20))
                        .toList()
                        .toString())
                .isZero();
        assertThat(output).contains("token_secret", "at most 8 GPUs", "dev.sandboxer.modal.ModalExtension ");
        assertThat(output.lines().filter(line -> line.contains(" io.grpc.") || line.contains(" com.google.protobuf.")))
                .isEmpty();
    }
}
