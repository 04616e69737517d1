package dev.sandboxer.jars.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.Support;
import dev.sandboxer.extension.feature.Measuring;
import dev.sandboxer.extension.feature.Pausing;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.jars.ExtensionJars;
import dev.sandboxer.testing.JarBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A jar that loads without errors and later fails in ways that the contract does not allow. */
class DefectiveExtensionTest {
    private static final String BACKEND = """
            package box;

            import dev.sandboxer.extension.*;
            import dev.sandboxer.extension.feature.Pausing;
            import dev.sandboxer.extension.session.Session;
            import java.time.Instant;
            import java.util.*;

            class Account implements Backend, Pausing {
                public void check() {}
                public BackendSandbox create(CreateRequest request) { throw new NoClassDefFoundError("com/example/Lost"); }
                public Optional<BackendSandbox> find(SandboxTag tag) { return null; }
                public Optional<BackendSandbox> describe(BackendRef ref) { throw ExtensionException.gone(ref); }
                public List<BackendSandbox> list() { throw new NullPointerException("oops"); }
                public Instant setDeadline(BackendRef ref, Instant deadline) { return deadline; }
                public void destroy(BackendRef ref) { destroy(ref); }
                public Session connect(BackendRef ref) { throw new UnsupportedOperationException(); }
                public void pause(BackendRef ref, Instant deadline) {}
                public Instant resume(BackendRef ref, Instant deadline) { return deadline; }
                public void close() {}
            }
            """;
    private static final BackendRef REF = new BackendRef("one");

    @TempDir
    Path home;

    @Test
    void an_extensions_description_of_itself_is_read_once() throws IOException {
        var extension = load("""
                private int asked;
                public boolean hostBound() { if (asked++ > 0) { throw new IllegalStateException("again"); } return true; }
                """);
        assertThat(extension.hostBound()).isTrue();
        assertThat(extension.hostBound()).isTrue();
    }

    @Test
    void an_extension_whose_check_of_a_request_fails_is_skipped() throws IOException {
        var extension =
                load("public Support supports(SandboxSpec spec) { throw new IllegalStateException(\"no idea\"); }");
        var spec = SandboxSpec.builder(new Source.Template("base"), new SandboxSize(1, 1, 1))
                .build();
        assertThat(extension.supports(spec))
                .isInstanceOfSatisfying(
                        Support.Unsupported.class, no -> assertThat(no.reason()).contains("no idea"));
    }

    @Test
    void a_failing_host_check_is_a_finding() throws IOException {
        var extension = new JarBuilder()
                .service("box.Box")
                .source(
                        "box.Box",
                        JarBuilder.source("ext.box", "", "")
                                .replace(
                                        "return new HostReport(List.of());",
                                        "throw new IllegalStateException(\"no host\");"));
        extension.into(home, "box.jar");
        var report = only().checkHost(context());
        assertThat(report.usable()).isFalse();
        assertThat(report.toString()).contains("no host");
    }

    @Test
    void an_account_that_cannot_be_opened_is_a_failure_of_its_extension() throws IOException {
        var extension = load("");
        fails(Effect.NOT_APPLIED, "a defect in ext.box", () -> extension.open(context(), Credential.none()));
    }

    @Test
    void whatever_a_backend_throws_becomes_a_failure_with_unknown_effect() throws IOException {
        var backend = backend();
        fails(Effect.UNKNOWN, "a defect in create(): java.lang.NoClassDefFoundError", () -> backend.create(null));
        fails(Effect.UNKNOWN, "a defect in list(): java.lang.NullPointerException: oops", backend::list);
        fails(Effect.UNKNOWN, "find() is null", () -> backend.find(null));
        fails(Effect.UNKNOWN, "StackOverflowError", () -> backend.destroy(REF));
    }

    @Test
    void failures_of_the_contract_pass_unchanged() throws IOException {
        var backend = backend();
        assertThatThrownBy(() -> backend.describe(REF))
                .isInstanceOfSatisfying(
                        ExtensionException.class, e -> assertThat(e.kind()).isEqualTo(Kind.GONE));
        assertThat(backend.setDeadline(REF, Instant.EPOCH)).isEqualTo(Instant.EPOCH);
        backend.check();
        assertThat(backend)
                .isInstanceOf(Pausing.class)
                .isNotInstanceOf(Measuring.class)
                .isEqualTo(backend);
    }

    private Backend backend() throws IOException {
        new JarBuilder()
                .service("box.Box")
                .source("box.Account", BACKEND)
                .source(
                        "box.Box",
                        JarBuilder.source("ext.box", "", "")
                                .replace("throw new IllegalStateException(\"no account\");", "return new Account();"))
                .into(home, "box.jar");
        return only().open(context(), Credential.none());
    }

    private Extension load(String members) throws IOException {
        new JarBuilder()
                .service("box.Box")
                .source("box.Box", JarBuilder.source("ext.box", "", members))
                .into(home, "box.jar");
        return only();
    }

    private Extension only() {
        var jars = ExtensionJars.load(home.resolve("extensions"), Set.of());
        assertThat(jars.refused()).isEmpty();
        return jars.extensions().iterator().next();
    }

    private ExtensionContext context() {
        return new ExtensionContext("test", home.resolve("box"), () -> Instant.EPOCH);
    }

    private static void fails(Effect effect, String text, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(ExtensionException.class, e -> {
                    assertThat(e.kind()).isEqualTo(Kind.INTERNAL);
                    assertThat(e.effect()).isEqualTo(effect);
                })
                .hasMessageContaining(text);
    }
}
