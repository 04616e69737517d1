package dev.sandboxer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.HostReserve;
import dev.sandboxer.payments.rates.RateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReloadTest {
    @TempDir
    private Path dir;

    private void write(String text) throws IOException {
        Files.writeString(dir.resolve("config.yaml"), text);
    }

    private static int limit(ConfigFile file) {
        return file.config().answerMiB();
    }

    @Test
    void a_change_applies_from_the_next_refresh_and_is_reported_once() throws Exception {
        var file = new ConfigFile(new Home(dir));
        assertThat(limit(file)).isEqualTo(64);
        assertThat(file.refresh()).isFalse();

        write("answerLimit: 8MiB\n");
        assertThat(limit(file)).isEqualTo(64);

        assertThat(file.refresh()).isTrue();
        assertThat(limit(file)).isEqualTo(8);
        assertThat(file.refresh()).isFalse();
    }

    @Test
    void the_hosts_reserve_is_read_and_has_defaults() throws Exception {
        write("host: {reserveMemory: 2GiB, overcommit: 1.5}\n");
        var host = new ConfigFile(new Home(dir)).config().host();
        assertThat(host).isEqualTo(new HostReserve(2048, null, null, 1.5));
        assertThat(host.allocatableMemory(8L << 30)).isEqualTo(6L << 30);
        assertThat(host.allocatableMemory(1L << 30)).isZero();
        assertThat(host.allocatableProcesses(32_768)).isEqualTo(32_768 - 2048);
        assertThat(host.overcommitted(100)).isEqualTo(150);
        write("");
        assertThat(new ConfigFile(new Home(dir)).config().host()).isEqualTo(HostReserve.DEFAULT);
        assertThat(HostReserve.DEFAULT.allocatableMemory(64L << 30)).isEqualTo(63L << 30);
    }

    @Test
    void a_broken_change_is_reported_once_and_the_previous_configuration_stays() throws Exception {
        write("answerLimit: 8MiB\n");
        var file = new ConfigFile(new Home(dir));
        assertThat(limit(file)).isEqualTo(8);

        write("answerLimit: many\nprofile: {}\n");

        assertThatThrownBy(file::refresh).hasMessageContaining("2 problems").hasMessageContaining("answerLimit");
        assertThat(limit(file)).isEqualTo(8);
        assertThat(file.refresh()).isFalse();
        write("answerLimit: 16MiB # mended\n");
        assertThat(file.refresh()).isTrue();
        assertThat(limit(file)).isEqualTo(16);
    }

    @Test
    void a_replaced_file_is_noticed_even_behind_a_link() throws Exception {
        Files.writeString(dir.resolve("one"), "answerLimit: 8MiB\n");
        Files.writeString(dir.resolve("two"), "answerLimit: 9MiB\n");
        Files.createSymbolicLink(dir.resolve("config.yaml"), Path.of("one"));
        var file = new ConfigFile(new Home(dir));
        assertThat(limit(file)).isEqualTo(8);

        Files.createSymbolicLink(dir.resolve("new"), Path.of("two"));
        Files.move(dir.resolve("new"), dir.resolve("config.yaml"), StandardCopyOption.ATOMIC_MOVE);

        assertThat(file.refresh()).isTrue();
        assertThat(limit(file)).isEqualTo(9);
    }

    @Test
    void a_file_counts_as_removed_only_if_it_stays_away() throws Exception {
        write("answerLimit: 8MiB\n");
        var file = new ConfigFile(new Home(dir));
        assertThat(limit(file)).isEqualTo(8);

        Files.delete(dir.resolve("config.yaml"));
        assertThat(file.refresh()).isFalse();
        write("answerLimit: 9MiB\n");
        assertThat(file.refresh()).isTrue();
        assertThat(limit(file)).isEqualTo(9);

        Files.delete(dir.resolve("config.yaml"));
        assertThat(file.refresh()).isFalse();
        assertThat(file.refresh()).isTrue();
        assertThat(limit(file)).isEqualTo(64);
    }

    @Test
    void the_price_list_is_reloaded_too() throws Exception {
        var rates = new RateFile(dir);
        assertThat(rates.cards().currency()).isEqualTo("USD");
        Files.writeString(dir.resolve("rates.yaml"), "currency: dollars\n");
        assertThatThrownBy(rates::refresh).hasMessageContaining("currency");
        assertThat(rates.cards().currency()).isEqualTo("USD");
    }
}
