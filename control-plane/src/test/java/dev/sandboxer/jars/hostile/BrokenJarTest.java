package dev.sandboxer.jars.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.HostReserve;
import dev.sandboxer.jars.ExtensionJars;
import dev.sandboxer.jars.RefusedJar;
import dev.sandboxer.routing.ExtensionRegistry;
import dev.sandboxer.testing.JarBuilder;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bad jar beside a good one is refused with its reason, and the good one works. */
class BrokenJarTest {
    private static final ExtensionId GOOD = new ExtensionId("ext.good");
    private static final ExtensionId BOX = new ExtensionId("ext.box");
    private static final String BOX_CLASS = "box/Box.class";

    @TempDir
    Path home;

    @BeforeEach
    void copyGoodJar() throws IOException {
        JarBuilder.extension("ext.good", "").into(home, "good.jar");
    }

    @Test
    void a_good_jar_is_loaded() throws IOException {
        JarBuilder.extension("ext.box", "").into(home, "box.jar");
        var jars = load();
        assertThat(jars.refused()).isEmpty();
        assertThat(jars.extensions()).extracting(Extension::id).containsExactlyInAnyOrder(GOOD, BOX);
    }

    @Test
    void a_file_that_is_not_a_zip_is_refused() throws IOException {
        Files.writeString(home.resolve("extensions/bad.jar"), "half a download");
        refuses("bad.jar", "it can't be read");
    }

    @Test
    void an_empty_file_is_refused() throws IOException {
        Files.createFile(home.resolve("extensions/bad.jar"));
        refuses("bad.jar", "it can't be read");
    }

    @Test
    void a_jar_that_names_no_class_is_refused() throws IOException {
        new JarBuilder().entry("a.txt", new byte[1]).into(home, "bad.jar");
        refuses("bad.jar", "it has no " + JarBuilder.SERVICE);
        new JarBuilder().service("# nothing").into(home, "bad.jar");
        refuses("bad.jar", "names no class");
    }

    @Test
    void a_jar_without_the_class_that_it_names_is_refused() throws IOException {
        new JarBuilder().service("com.example.Missing").into(home, "bad.jar");
        refuses("bad.jar", "names com.example.Missing, which is not in the jar");
    }

    @Test
    void a_class_that_is_not_an_extension_or_cannot_be_created_is_refused() throws IOException {
        new JarBuilder()
                .service("box.Box")
                .source("box.Box", "package box; public class Box {}")
                .into(home, "bad.jar");
        refuses("bad.jar", "box.Box does not implement dev.sandboxer.extension.Extension");
        JarBuilder.extension("ext.box", "}  private Box(int i) {")
                .source("box.Box", JarBuilder.source("ext.box", "", "").replace("public Box()", "Box()"))
                .into(home, "bad.jar");
        refuses("bad.jar", "box.Box has no public constructor without arguments");
    }

    @Test
    void a_class_of_a_newer_java_is_refused() throws IOException {
        var jar = JarBuilder.extension("ext.box", "");
        var newer = jar.content(BOX_CLASS).clone();
        newer[7] = 99;
        jar.entry(BOX_CLASS, newer).into(home, "bad.jar");
        refuses("bad.jar", "was built for a newer Java than 25");
    }

    @Test
    void bytes_that_are_not_a_class_are_refused() throws IOException {
        var jar = JarBuilder.extension("ext.box", "");
        jar.entry(BOX_CLASS, "exit, but no class".getBytes(StandardCharsets.UTF_8))
                .into(home, "bad.jar");
        refuses("bad.jar", "box.Box failed");
    }

    @Test
    void a_class_of_gigabytes_is_refused_before_it_is_in_memory() throws IOException {
        var jar = JarBuilder.extension("ext.box", "");
        jar.entry(BOX_CLASS, new byte[17 << 20]).into(home, "bad.jar");
        refuses("bad.jar", "box.Box has more than 16 MiB");
        jar.entry(JarBuilder.SERVICE, new byte[1 << 20]).into(home, "bad.jar");
        refuses("bad.jar", "has more than 64 KiB");
    }

    @Test
    void a_constructor_that_throws_is_refused_with_what_it_threw() throws IOException {
        JarBuilder.extension("ext.box", "if (true) throw new IllegalStateException(\"no luck\");")
                .into(home, "bad.jar");
        refuses("bad.jar", "java.lang.IllegalStateException: no luck");
        JarBuilder.extension("ext.box", "if (true) throw new OutOfMemoryError(\"so it says\");")
                .into(home, "bad.jar");
        refuses("bad.jar", "java.lang.OutOfMemoryError: so it says");
        JarBuilder.extension("ext.box", "new Box();").into(home, "bad.jar");
        refuses("bad.jar", "java.lang.StackOverflowError");
    }

    @Test
    void a_static_initialiser_that_throws_is_refused() throws IOException {
        new JarBuilder()
                .service("box.Box")
                .source(
                        "box.Box",
                        JarBuilder.source("ext.box", "", "static { if (true) throw new RuntimeException(\"early\"); }"))
                .into(home, "bad.jar");
        refuses("bad.jar", "java.lang.RuntimeException: early");
    }

    @Test
    void a_constructor_that_never_returns_is_refused_when_its_time_is_up() throws IOException {
        JarBuilder.extension(
                        "ext.box",
                        "while (!Boolean.getBoolean(\"no.such.property\")) { Thread.onSpinWait();"
                                + " if (Thread.interrupted()) { break; } }")
                .into(home, "bad.jar");
        refuses("bad.jar", "takes longer than", Duration.ofSeconds(1));
    }

    @Test
    void a_class_that_would_end_the_process_is_refused_before_it_runs() throws IOException {
        for (String call :
                new String[] {"System.exit(3);", "Runtime.getRuntime().exit(3);", "Runtime.getRuntime().halt(3);"}) {
            JarBuilder.extension("ext.box", call).into(home, "bad.jar");
            refuses("bad.jar", "which would end sandboxer");
        }
    }

    @Test
    void a_dependency_may_not_end_the_process_either() throws IOException {
        new JarBuilder()
                .service("box.Box")
                .source("box.Quit", "package box; class Quit { static void now() { System.exit(3); } }")
                .source("box.Box", JarBuilder.source("ext.box", "Quit.now();", ""))
                .into(home, "bad.jar");
        refuses("bad.jar", "box.Quit calls System.exit");
    }

    @Test
    void the_id_of_a_built_in_extension_stays_with_it() throws IOException {
        JarBuilder.extension("ext.local", "").into(home, "bad.jar");
        var jars = ExtensionJars.load(home.resolve("extensions"), Set.of(new ExtensionId("ext.local")));
        assertThat(jars.refused())
                .singleElement()
                .satisfies(jar ->
                        assertThat(jar.reason()).startsWith("ext.local is an extension that comes with sandboxer"));
        assertThat(jars.extensions()).extracting(Extension::id).containsExactly(GOOD);
    }

    @Test
    void two_jars_with_one_id_are_both_refused() throws IOException {
        JarBuilder.extension("ext.box", "").into(home, "a.jar");
        JarBuilder.extension("ext.box", "").into(home, "b.jar");
        var jars = load();
        assertThat(jars.refused())
                .extracting(RefusedJar::reason)
                .containsExactly(
                        "ext.box is in b.jar too; remove one of them", "ext.box is in a.jar too; remove one of them");
        assertThat(jars.extensions()).extracting(Extension::id).containsExactly(GOOD);
    }

    @Test
    void a_jar_with_classes_of_the_sdk_is_refused() throws IOException {
        var name = "dev/sandboxer/extension/Extension.class";
        try (var sdk = Extension.class.getResourceAsStream("Extension.class")) {
            JarBuilder.extension("ext.box", "").entry(name, sdk.readAllBytes()).into(home, "bad.jar");
        }
        refuses("bad.jar", "it contains classes of sandboxer itself, such as " + name);
    }

    @Test
    void a_jar_sees_neither_the_control_plane_nor_its_libraries() throws IOException {
        JarBuilder.extension("ext.box", "dev.sandboxer.store.Database.class.getName();")
                .into(home, "bad.jar");
        refuses("bad.jar", "box.Box needs dev.sandboxer.store.Database, which is neither in the jar nor in the SDK");
        JarBuilder.extension("ext.box", "new tools.jackson.databind.ObjectMapper();")
                .into(home, "bad.jar");
        refuses("bad.jar", "box.Box needs tools.jackson.databind.ObjectMapper");
    }

    @Test
    void a_missing_class_is_named() throws IOException {
        new JarBuilder()
                .service("box.Box")
                .source("box.Part", "package box; class Part {}")
                .source("box.Box", JarBuilder.source("ext.box", "new Part();", ""))
                .without("box/Part.class")
                .into(home, "bad.jar");
        refuses("bad.jar", "box.Box needs box.Part, which is neither in the jar nor in the SDK");
    }

    @Test
    void a_symbolic_link_is_refused() throws IOException {
        var elsewhere = JarBuilder.extension("ext.box", "").into(home.resolve("elsewhere"), "box.jar");
        Files.createSymbolicLink(home.resolve("extensions/bad.jar"), elsewhere);
        refuses("bad.jar", "is a symbolic link");
    }

    @Test
    void a_jar_that_others_can_write_is_refused() throws IOException {
        var jar = JarBuilder.extension("ext.box", "").into(home, "bad.jar");
        Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-rw-rw-"));
        refuses("bad.jar", "can be changed by other users; run: chmod go-w '" + jar + "'");
        Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(load().refused()).isEmpty();
    }

    @Test
    void every_jar_in_a_directory_that_others_can_write_is_refused() throws IOException {
        Files.setPosixFilePermissions(home.resolve("extensions"), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(load().extensions()).isEmpty();
        refuses("good.jar", "can be changed by other users");
    }

    @Test
    void anything_but_a_regular_file_is_refused() throws Exception {
        Files.createDirectory(home.resolve("extensions/bad.jar"));
        refuses("bad.jar", "is not a regular file");
        var fifo = home.resolve("extensions/fifo.jar");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        refuses("fifo.jar", "is not a regular file");
    }

    @Test
    void a_huge_file_is_refused_without_being_read() throws IOException {
        try (var file = new RandomAccessFile(home.resolve("extensions/bad.jar").toFile(), "rw")) {
            file.setLength(1L << 34); // sparse
        }
        refuses("bad.jar", "it has more than 256 MiB");
    }

    @Test
    void the_failure_for_a_refused_extension_says_why() throws IOException {
        Files.writeString(home.resolve("extensions/bad.jar"), "half a download");
        var registry = new ExtensionRegistry(home, "test", () -> Instant.EPOCH, () -> HostReserve.DEFAULT);
        assertThat(registry.find(GOOD)).isPresent();
        assertThatThrownBy(() -> registry.get(BOX))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("bad.jar is not loaded: it can't be read");
    }

    private ExtensionJars load() {
        return ExtensionJars.load(home.resolve("extensions"), Set.of());
    }

    private void refuses(String jar, String reason) {
        refuses(jar, reason, Duration.ofSeconds(60));
    }

    private void refuses(String jar, String reason, Duration limit) {
        var jars = ExtensionJars.load(home.resolve("extensions"), Set.of(), limit);
        assertThat(jars.refused())
                .filteredOn(it -> it.jar().endsWith(jar))
                .singleElement()
                .satisfies(it -> assertThat(it.reason()).contains(reason));
        if (!jar.equals("good.jar")) {
            assertThat(jars.extensions()).extracting(Extension::id).containsExactly(GOOD);
        }
    }
}
