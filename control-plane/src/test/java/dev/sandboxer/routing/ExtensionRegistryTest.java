package dev.sandboxer.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.HostReserve;
import dev.sandboxer.testing.FakeExtension;
import dev.sandboxer.testing.JarBuilder;
import dev.sandboxer.testing.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExtensionRegistryTest {
    private static final SettableClock CLOCK = new SettableClock(Instant.parse("2026-11-24T12:00:00Z"));
    private static final ExtensionId ONE = new ExtensionId("ext.one");

    @TempDir
    Path home;

    @Test
    void extensions_come_in_the_order_of_their_names() {
        var registry = registry(FakeExtension.named("two", CLOCK), FakeExtension.named("one", CLOCK));
        assertThat(registry.all())
                .extracting(Extension::id)
                .extracting(ExtensionId::value)
                .containsExactly("ext.one", "ext.two");
    }

    @Test
    void two_extensions_of_the_same_name_are_refused() {
        assertFails(
                ErrorCode.INVALID_CONFIG,
                "two extensions are called ext.one",
                () -> registry(FakeExtension.named("one", CLOCK), FakeExtension.named("one", CLOCK)));
    }

    @Test
    void an_unknown_extension_is_reported_with_the_known_ones() {
        assertFails(
                ErrorCode.UNKNOWN_EXTENSION,
                "extension ext.none not found; this installation has [ext.one]",
                () -> registry(FakeExtension.named("one", CLOCK)).get(new ExtensionId("ext.none")));
    }

    @Test
    void each_extension_has_a_directory_of_its_own_and_knows_the_installation() {
        var context = registry(FakeExtension.named("one", CLOCK)).context(ONE);
        assertThat(context.directory()).isEqualTo(home.resolve("one"));
        assertThat(context.installation()).isEqualTo("test");
    }

    @Test
    void a_home_without_jars_has_the_extensions_of_the_class_path() throws IOException {
        Files.createDirectory(home.resolve("extensions"));
        Files.writeString(home.resolve("extensions").resolve("README.txt"), "jars go here");
        assertThat(new ExtensionRegistry(home, "test", CLOCK, () -> HostReserve.DEFAULT).all())
                .isEmpty();
    }

    @Test
    void a_good_jar_in_the_home_is_loaded_and_a_broken_one_is_reported() throws IOException {
        JarBuilder.extension("ext.jarred", "").into(home, "good.jar");
        new JarBuilder().service("com.example.Missing").into(home, "broken.jar");
        var registry = new ExtensionRegistry(home, "test", CLOCK, () -> HostReserve.DEFAULT);
        assertThat(registry.find(new ExtensionId("ext.jarred"))).isPresent();
        assertThat(registry.refused())
                .singleElement()
                .satisfies(jar -> assertThat(jar.text()).contains("broken.jar", "com.example.Missing"));
    }

    private ExtensionRegistry registry(Extension... extensions) {
        return new ExtensionRegistry(home, "test", CLOCK, List.of(extensions));
    }

    private static void assertFails(ErrorCode code, String text, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(text);
    }
}
