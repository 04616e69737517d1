package dev.sandboxer.cli.sandboxes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.cli.Cli;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Commands that are killed without a chance to clean up. {@code -Dsoak.scale=40} runs longer, {@code -Dsoak.seed=42} begins at
 * another seed.
 */
class KilledIT {
    private static final int ROUNDS = 5 * Integer.getInteger("soak.scale", 1);
    private static final long FIRST_SEED = Long.getLong("soak.seed", 1);
    private static final int GROUP_DEPTH = 6;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @AutoClose
    private final Cli cli = Cli.onFreshHome();

    @Test
    void a_sandbox_ends_at_its_deadline_without_its_command() throws Exception {
        var command = cli.process().start("run", "--ttl", "8s", "sh", "-c", "echo up; exec sleep 1000");
        assertThat(line(command)).isEqualTo("up");

        command.destroyForcibly().waitFor();

        var processes = processes();
        assertThat(processes).hasSize(1).allMatch(KilledIT::runs);
        await().atMost(LIMIT).until(() -> processes.stream().noneMatch(KilledIT::runs));
        assertThat(cli.directories()).as("by itself it can't remove its disk").hasSize(1);
        var next = cli.run("ls", "-q");
        assertThat(next.err()).contains("its command was interrupted; cleaned up");
        assertThat(next.out()).isEmpty();
        assertThat(cli.directories()).isEmpty();
    }

    @Test
    void a_sandbox_that_ended_unseen_is_listed_as_expired() throws IOException {
        var id = cli.create();
        var processes = processes();
        assertThat(cli.run("extend", id, "2s").status()).isZero();

        await().atMost(LIMIT).until(() -> processes.stream().noneMatch(KilledIT::runs));

        assertThat(cli.run("ls", "-a").out()).contains(id).contains("  expired  ");
        assertThat(cli.directories()).isEmpty();
    }

    @Test
    @Tag("campaign")
    void whenever_a_command_is_killed_the_next_ones_leave_nothing_behind() throws Exception {
        var longest = millisecondsOf("run", "true");
        for (long seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS; seed++) {
            System.out.println("KilledIT: seed " + seed);
            var random = new SplittableRandom(seed);
            var command = cli.process().start(COMMANDS.get(random.nextInt(COMMANDS.size())));
            if (!command.waitFor(random.nextLong(longest), TimeUnit.MILLISECONDS)) {
                command.destroyForcibly().waitFor();
            }
            assertThat(cli.run("ls", "-q").status()).as("seed %d", seed).isZero();
            assertThat(cli.run("destroy", "--all").status()).as("seed %d", seed).isZero();
            makeUnfinishedSandboxesOld();
            assertThat(cli.run("ls", "-q").out()).as("seed %d", seed).isEmpty();
            assertThat(cli.directories()).as("seed %d", seed).isEmpty();
            assertThat(groups()).as("seed %d", seed).isEmpty();
        }
    }

    /** Makes sandboxes without a process look old, because young ones may still be in creation. */
    private void makeUnfinishedSandboxesOld() throws IOException {
        for (Path directory : cli.directories()) {
            var launched = directory.resolve("launched");
            if (!Files.exists(launched)
                    || Files.size(launched) == 0) { // its launcher may have died before it wrote anything
                Files.setLastModifiedTime(directory, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
            }
        }
    }

    private static final List<String[]> COMMANDS = List.of(
            new String[] {"create", "--ttl", "10m"},
            new String[] {"create", "--ttl", "10m", "--idempotency-key", "again"},
            new String[] {"run", "--ttl", "10m", "true"},
            new String[] {"run", "--ttl", "10m", "sleep", "1000"});

    /** Returns the duration of a command. The first command takes longer, because it also makes a template. */
    private long millisecondsOf(String... command) {
        var start = System.nanoTime();
        assertThat(cli.process().run(command).status()).isZero();
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    /** Returns the pids, on this host, of the only sandbox. */
    private List<Long> processes() throws IOException {
        var launched = Files.readString(cli.directories().getFirst().resolve("launched"));
        return Pattern.compile("\"pid\":(\\d+)")
                .matcher(launched)
                .results()
                .map(result -> Long.parseLong(result.group(1)))
                .toList();
    }

    private static boolean runs(long pid) {
        return Files.exists(Path.of("/proc/" + pid));
    }

    /** Returns the control groups of this home's sandboxes. Like the directories' names, theirs begin with the installation. */
    private List<Path> groups() throws IOException, SQLException {
        var prefix = "sandboxer-" + installation() + "-";
        var found = new ArrayList<Path>();
        Files.walkFileTree(Path.of("/sys/fs/cgroup"), Set.of(), GROUP_DEPTH, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                if (directory.getFileName().toString().startsWith(prefix)) {
                    found.add(directory);
                }
                return FileVisitResult.CONTINUE;
            }

            /** Other groups may vanish meanwhile. */
            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException gone) {
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    private String installation() throws SQLException {
        try (var database =
                        DriverManager.getConnection("jdbc:sqlite:" + cli.home().resolve("sandboxer.db"));
                var statement = database.createStatement();
                var found = statement.executeQuery("SELECT id FROM installation")) {
            return found.getString(1);
        }
    }

    private static String line(Process process) throws IOException {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8)).readLine();
    }
}
