package dev.sandboxer.cli.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigCommandTest {
    @TempDir
    Path home;

    @Test
    void the_example_is_valid_as_it_is_and_with_all_settings_enabled() throws IOException {
        var cli = new Cli(home);
        var file = home.resolve("config.yaml");

        assertThat(cli.run("config", "path").line()).isEqualTo(file.toString());
        assertThat(cli.run("config", "show").out()).contains("profile.base:");
        assertThat(cli.run("config", "init").line()).isEqualTo(file.toString());
        assertThat(cli.run("config", "check").status()).isZero();

        Files.writeString(file, Files.readString(file).replaceAll("(?m)^#(?! \\S)", ""));
        var check = cli.run("config", "check");
        assertThat(check.status()).as(check.out()).isZero();
        assertThat(cli.run("config", "show").out()).contains("maxLive: 10");
        assertThat(cli.run("profiles").out()).contains("profile.ci *");
    }

    @Test
    void an_existing_configuration_is_never_replaced() throws IOException {
        var file = Files.writeString(home.resolve("config.yaml"), "defaultProfile: profile.base\n");

        var result = new Cli(home).run("config", "init");

        assertThat(result.status()).isEqualTo(125);
        assertThat(result.err()).contains("already exists");
        assertThat(file).hasContent("defaultProfile: profile.base\n");
        assertThat(new Cli(home).run("config", "show").out()).isEqualTo("defaultProfile: profile.base\n");
    }
}
