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
    void it_is_made_when_it_is_first_needed_and_stays() {
        var secret = file().secret();

        assertThat(secret).hasSize(32);
        assertThat(file().secret()).isEqualTo(secret);
        assertThat(new SecretFile(home.resolve("other")).secret()).isNotEqualTo(secret);
    }

    @Test
    void only_its_owner_may_look_at_it() throws IOException {
        file().secret();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path())))
                .isEqualTo("rw-------");
        assertThat(entries()).as("nothing else is left").containsExactly(path());
    }

    @Test
    void makers_at_the_same_moment_agree() throws Exception {
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
    void a_damaged_one_is_named_and_never_replaced() throws IOException {
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
    void a_damaged_one_is_not_told_to_others() throws IOException {
        Files.writeString(path(), "0123456789abcdef".repeat(4).substring(1) + "Q");

        assertThatThrownBy(() -> file().secret()).message().doesNotContain("123456789abcdef");
    }

    @Test
    void what_is_no_file_is_named() throws IOException {
        Files.createDirectory(path());

        assertThatThrownBy(() -> file().secret())
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining(path().toString());
    }

    @Test
    void whitespace_at_the_end_is_no_damage() throws IOException {
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
