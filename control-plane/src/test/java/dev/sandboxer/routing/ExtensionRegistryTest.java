package dev.sandboxer.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.testing.FakeExtension;
import dev.sandboxer.testing.SettableClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
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
    void an_unknown_extension_is_named_with_those_there_are() {
        assertFails(
                ErrorCode.UNKNOWN_EXTENSION,
                "no extension ext.none; there are [ext.one]",
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
        assertThat(new ExtensionRegistry(home, "test", CLOCK).all()).isEmpty();
    }

    @Test
    void a_jar_of_the_home_that_promises_a_class_it_lacks_is_named() throws IOException {
        jar("broken.jar", "META-INF/services/" + Extension.class.getName(), "com.example.Missing\n");
        assertFails(ErrorCode.INVALID_CONFIG, "com.example.Missing", () -> new ExtensionRegistry(home, "test", CLOCK));
    }

    @Test
    void a_jar_of_the_home_is_loaded() throws IOException {
        var name = JarredExtension.class.getName().replace('.', '/') + ".class";
        jar("good.jar", "META-INF/services/" + Extension.class.getName(), JarredExtension.class.getName() + "\n");
        assertThat(getClass().getClassLoader().getResource(name)).isNotNull();
        assertThat(new ExtensionRegistry(home, "test", CLOCK).find(new ExtensionId("ext.jarred")))
                .isPresent();
    }

    @Test
    void a_file_that_is_no_jar_is_refused_by_name() throws IOException {
        Files.writeString(Files.createDirectory(home.resolve("extensions")).resolve("half.jar"), "half a download");
        assertFails(ErrorCode.INVALID_CONFIG, "half.jar", () -> new ExtensionRegistry(home, "test", CLOCK));
    }

    private void jar(String jar, String entry, String content) throws IOException {
        var file = Files.createDirectory(home.resolve("extensions")).resolve(jar);
        try (var out = new JarOutputStream(Files.newOutputStream(file))) {
            out.putNextEntry(new JarEntry(entry));
            out.write(content.getBytes(StandardCharsets.UTF_8));
        }
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
