package dev.sandboxer.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFileTest {
    @TempDir
    private Path home;

    @Test
    void it_is_created_on_first_use_and_stays() {
        var secret = file().secret();

        assertThat(secret).hasSize(32);
        assertThat(file().secret()).isEqualTo(secret);
        assertThat(new SecretFile(home.resolve("other")).secret()).isNotEqualTo(secret);
    }

    @Test
    void only_its_owner_may_read_it() throws IOException {
        file().secret();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
                .isEqualTo("rw-------");
        assertThat(entries()).as("nothing else is left").containsExactly(path());
    }

    @Test
    void concurrent_creators_agree_on_one_secret() throws Exception {
        int makers = 16;
        var together = new CyclicBarrier(makers);
        Callable<String> make = () -> {
            together.await();
            return HexFormat.of().formatHex(file().secret());
        };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var found = threads.invokeAll(
                    IntStream.range(0, makers).mapToObj(i -> make).toList());

            var first = found.getFirst().get();
            for (var one : found) {
                assertThat(one.get()).isEqualTo(first);
            }
        }
        assertThat(entries()).containsExactly(path());
    }

    @Test
    void a_damaged_file_is_reported_and_never_replaced() throws IOException {
        for (String damaged : List.of("", "\n", "abc", "zz".repeat(32), "ab".repeat(31), "ab".repeat(33), "\0\0")) {
            Files.writeString(path(), damaged);

            assertThatThrownBy(() -> file().secret())
                    .as(damaged)
                    .isInstanceOfSatisfying(
                            SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.HOME_NOT_WRITABLE))
                    .hasMessageContaining(path().toString())
                    .hasMessageContaining("64 hex digits")
                    .message()
                    .doesNotContain("\n");
            assertThat(path()).hasContent(damaged);
        }
    }

    @Test
    void the_failure_does_not_show_a_damaged_secret() throws IOException {
        Files.writeString(path(), "0123456789abcdef".repeat(4).substring(1) + "Q");

        assertThatThrownBy(() -> file().secret()).message().doesNotContain("123456789abcdef");
    }

    @Test
    void a_directory_in_its_place_is_reported() throws IOException {
        Files.createDirectory(path());

        assertThatThrownBy(() -> file().secret())
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining(path().toString());
    }

    @Test
    void trailing_whitespace_is_ignored() throws IOException {
        Files.writeString(path(), "ab".repeat(32) + "\r\n\n");

        assertThat(file().secret()).hasSize(32).containsOnly((byte) 0xab);
    }

    private SecretFile file() {
        return new SecretFile(path());
    }

    private Path path() {
        return home.resolve("token.key");
    }

    private List<Path> entries() throws IOException {
        try (var entries = Files.list(home)) {
            return entries.toList();
        }
    }
}
