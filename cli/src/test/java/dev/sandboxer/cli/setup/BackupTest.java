package dev.sandboxer.cli.setup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.cli.Cli;
import dev.sandboxer.config.Home;
import dev.sandboxer.payments.Money;
import dev.sandboxer.testing.databases.PostgresDump;
import dev.sandboxer.testing.databases.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup of a home in use is complete and can be restored elsewhere. */
class BackupTest {
    private static final String KEY = "e2b_00000000000000000000000000000000000000b7";
    private static final int GRANTS_BEFORE = 5;

    @AutoClose
    private final Cli cli = Cli.onFreshHome();

    @TempDir
    Path elsewhere;

    private final AtomicInteger granted = new AtomicInteger();

    @Test
    void a_backup_of_a_home_in_use_is_restored_completely() throws Exception {
        fill(cli);
        var backup = elsewhere.resolve("backup");

        whileGranting(cli, () -> {
            var result = cli.run("backup", backup.toString());
            assertThat(result.status()).as(result.err()).isZero();
            assertThat(result.line()).isEqualTo(backup.toString());
        });

        requireWhole(new Cli(backup));
        assertThat(backup.resolve("config.yaml")).hasContent("defaultProfile: local-large\n");
        assertThat(backup.resolve("host.id").toFile().exists())
                .isEqualTo(cli.home().resolve("host.id").toFile().exists());
    }

    @Test
    void a_postgresql_in_use_is_restored_with_the_keys_of_a_home() throws Exception {
        var server = PostgresServer.get();
        var url = server.empty();
        var used = cli.with("SANDBOXER_DATABASE_URL", url);
        fill(used);
        var restored = server.empty();
        Sandboxer.open(
                        new Home(elsewhere.resolve("other")),
                        Map.of("SANDBOXER_DATABASE_URL", restored),
                        InstantSource.system())
                .close(); // makes the tables
        var backup = elsewhere.resolve("backup");

        whileGranting(used, () -> {
            var result = used.run("backup", backup.toString());
            assertThat(result.status()).as(result.err()).isZero();
            assertThat(result.err()).contains("pg_dump").doesNotContain(PostgresServer.PASSWORD);
            PostgresDump.copy(server, name(url), name(restored));
        });

        assertThat(backup.resolve("sandboxer.db")).doesNotExist();
        requireWhole(new Cli(backup).with("SANDBOXER_DATABASE_URL", restored));
    }

    @Test
    void only_its_owner_can_read_it() throws IOException {
        fill(cli);
        var backup = elsewhere.resolve("backup");

        assertThat(cli.run("backup", backup.toString()).status()).isZero();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup.resolve("master-key.json"))))
                .isEqualTo("rw-------");
    }

    @Test
    void nothing_is_overwritten_and_a_home_without_a_database_is_refused() throws IOException {
        var empty = cli.run("backup", elsewhere.resolve("of-nothing").toString());
        assertThat(empty.status()).isEqualTo(125);
        assertThat(empty.err()).contains("there is no database in " + cli.home());

        fill(cli);
        var again = cli.run("backup", elsewhere.toString());
        assertThat(again.status()).isEqualTo(125);
        assertThat(again.err()).contains("already exists");

        assertThat(elsewhere).isEmptyDirectory();
    }

    private void fill(Cli home) throws IOException {
        Files.writeString(home.home().resolve("config.yaml"), "defaultProfile: local-large\n");
        assertThat(home.run("consumers", "add", "acme").status()).isZero();
        assertThat(home.run("keys", "create", "--consumer", "acme").status()).isZero();
        var added = home.runWith(KEY.getBytes(UTF_8), "credentials", "add", "ext.e2b", "--consumer", "acme");
        assertThat(added.status()).as(added.err()).isZero();
        for (int i = 0; i < GRANTS_BEFORE; i++) {
            grant(home);
        }
    }

    private void grant(Cli home) {
        var result = home.run("credits", "grant", "acme", "1", "--id", "grant" + granted.get());
        assertThat(result.status()).as(result.err()).isZero();
        granted.incrementAndGet();
    }

    private interface Work {
        void run() throws Exception;
    }

    /** Does work while another installation, as if in another process, keeps granting credits. */
    private void whileGranting(Cli home, Work work) throws Exception {
        var done = new AtomicBoolean();
        var begun = new CountDownLatch(1);
        var writer = Thread.ofVirtual().start(() -> {
            while (!done.get()) {
                grant(home);
                begun.countDown();
            }
        });
        try {
            begun.await();
            work.run();
        } finally {
            done.set(true);
            writer.join();
        }
    }

    private void requireWhole(Cli restored) {
        assertThat(restored.run("consumers", "ls").out()).contains("acme");
        assertThat(restored.run("keys", "ls").out()).contains("acme");
        assertThat(restored.run("profiles").out()).contains("local-large");
        try (var home = Sandboxer.open(new Home(restored.home()), restored.environment(), InstantSource.system())) {
            var credential = home.credentials().list().getFirst();
            assertThat(home.credentials().open(credential.id()).credential().fields())
                    .containsValue(KEY);
            var grants = home.ledger().grants("acme").size();
            assertThat(grants).isBetween(GRANTS_BEFORE + 1, granted.get());
            assertThat(home.ledger().balance("acme").balance()).isEqualTo(Money.parse("" + grants));
        }
    }

    private static String name(String url) {
        return url.substring(url.lastIndexOf('/') + 1);
    }
}
