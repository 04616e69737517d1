package dev.sandboxer.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.config.Home;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.testing.Concurrently;
import dev.sandboxer.testing.MemoryDirectory;
import dev.sandboxer.testing.databases.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The secrets of several servers that share a database, each with its own home. */
class SharedKeysTest {
    @TempDir(factory = MemoryDirectory.class)
    Path directory;

    private final PostgresServer server = PostgresServer.get();
    private final String url = server.empty();

    private Sandboxer open(String home) {
        return Sandboxer.open(
                new Home(directory.resolve(home)), Map.of("SANDBOXER_DATABASE_URL", url), InstantSource.system());
    }

    private Path masterKey(String home) {
        return directory.resolve(home).resolve("master-key.json");
    }

    private void share() throws IOException {
        Files.createDirectories(directory.resolve("two"));
        Files.copy(masterKey("one"), masterKey("two"));
    }

    @Test
    void servers_with_the_same_master_key_have_the_same_secrets() throws IOException {
        byte[] token;
        byte[] print;
        try (var one = open("one")) {
            token = one.tokenSecret();
            print = one.credentials().sharedKeys().secret("fingerprint");
        }
        share();
        try (var two = open("two")) {
            assertThat(two.tokenSecret()).hasSize(32).isEqualTo(token);
            assertThat(two.credentials().sharedKeys().secret("fingerprint"))
                    .isEqualTo(print)
                    .isNotEqualTo(token);
        }
        assertThat(directory.resolve("two/token.key")).doesNotExist();
        assertThat(directory.resolve("two/fingerprint.key")).doesNotExist();
    }

    @Test
    void a_server_without_the_master_key_or_with_another_fails_and_says_what_to_copy() throws IOException {
        try (var one = open("one")) {
            var _ = one.tokenSecret();
        }
        try (var two = open("two")) {
            assertUnusable(two, "is missing");
            assertThat(masterKey("two")).doesNotExist();
        }
        new MasterKeys(masterKey("two"), masterKey("two")).createIfAbsent();
        try (var two = open("two")) {
            assertUnusable(two, "differs from that of other servers");
        }
    }

    private static void assertUnusable(Sandboxer server, String why) {
        assertThatThrownBy(server::tokenSecret)
                .isInstanceOfSatisfying(
                        SandboxException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MASTER_KEY_UNUSABLE))
                .hasMessageContaining(why)
                .hasMessageContaining("copy master-key.json");
    }

    @RepeatedTest(3)
    void of_servers_that_start_at_once_one_creates_the_secret() throws Exception {
        try (var first = open("one")) {
            var _ = first.credentials().sharedKeys().secret("another");
        }
        share();
        try (var one = open("one");
                var two = open("two")) {
            var servers = List.of(one, two);
            var secrets = new HashSet<String>();
            for (byte[] secret :
                    Concurrently.run(8, number -> servers.get(number % 2).tokenSecret())) {
                secrets.add(HexFormat.of().formatHex(secret));
            }
            assertThat(secrets).hasSize(1);
        }
    }

    @Test
    void on_an_empty_database_only_one_master_key_is_created() throws Exception {
        try (var one = open("one");
                var two = open("two")) {
            var servers = List.of(one, two);
            var made = Concurrently.run(2, number -> {
                try {
                    return servers.get(number).tokenSecret().length;
                } catch (SandboxException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.MASTER_KEY_UNUSABLE);
                    return 0;
                }
            });
            assertThat(made).containsExactlyInAnyOrder(32, 0);
            assertThat(List.of(Files.exists(masterKey("one")), Files.exists(masterKey("two"))))
                    .containsExactlyInAnyOrder(true, false);
        }
    }

    @Test
    void a_rotation_of_the_master_key_keeps_the_secrets() throws IOException {
        byte[] token;
        var before = directory.resolve("before");
        try (var one = open("one")) {
            token = one.tokenSecret();
            Files.copy(masterKey("one"), before);
            one.credentials().rotateMasterKey(false);
        }
        try (var one = open("one")) {
            assertThat(one.tokenSecret()).isEqualTo(token);
        }
        Files.createDirectories(directory.resolve("two"));
        Files.copy(before, masterKey("two"));
        try (var two = open("two")) {
            assertUnusable(two, "differs from that of other servers");
        }
    }
}
