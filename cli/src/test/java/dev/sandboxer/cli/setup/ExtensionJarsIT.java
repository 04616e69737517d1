package dev.sandboxer.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A broken extension jar: commands report it and still do their work. */
class ExtensionJarsIT {
    private static final String REFUSED = "extensions/half.jar is not loaded: it can't be read";

    @AutoClose
    private final Cli cli = Cli.onFreshHome();

    @BeforeEach
    void write_a_truncated_jar() throws IOException {
        Files.writeString(
                Files.createDirectory(cli.home().resolve("extensions")).resolve("half.jar"), "half a download");
    }

    @Test
    void a_refused_jar_is_reported_on_standard_error_and_the_other_extensions_are_listed() {
        var listed = cli.run("extensions", "--json");
        assertThat(listed.status()).isZero();
        assertThat(listed.out()).contains("ext.local", "ext.e2b").doesNotContain("half");
        assertThat(listed.err()).contains(REFUSED);
    }

    @Test
    void a_sandbox_runs_despite_a_refused_jar() {
        var ran = cli.run("run", "--", "echo", "hi");
        assertThat(ran.err()).contains(REFUSED);
        assertThat(ran.out()).isEqualTo("hi\n");
        assertThat(ran.status()).isZero();
    }

    @Test
    void doctor_lists_the_refused_jar() {
        var report = cli.run("doctor");
        assertThat(report.status()).as("sandboxes run here").isZero();
        assertThat(report.out()).contains("extensions/half.jar: does not work here", "it can't be read");
        assertThat(cli.run("doctor", "--json").out()).contains("extensions/half.jar");
    }

    @Test
    void a_profile_whose_extension_is_not_loaded_uses_the_next_one() throws IOException {
        Files.writeString(cli.home().resolve("config.yaml"), """
                profiles:
                  profile.box:
                    route: [ext.box, ext.local]
                    templates: {ext.box: base, ext.local: base}
                    cpu: 1
                    memory: 256MiB
                    disk: 256MiB
                    ttl: 5m
                    maxTtl: 1h
                    network: deny
                """);
        assertThat(cli.run("route", "box").out()).contains("not installed", "Chosen: ext.local");
        assertThat(cli.run("run", "-p", "box", "--", "echo", "hi").out()).isEqualTo("hi\n");
    }
}
