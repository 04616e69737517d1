package dev.sandboxer.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The start-up cache. Without it, every command takes half a second. */
class StartUpIT {
    /** Limited because every command starts 9 ms later for each thousand classes more in the cache. */
    private static final int MAX_CLASSES = 5_500;

    private static final Predicate<String> FROM_A_JAR = line -> line.contains("source: file:");

    @AutoClose
    private static final Cli cli = Cli.onFreshHome();

    /** Short, because paths of sockets are limited. */
    @AutoClose
    private static final Cli temporary = Cli.onFreshHome();

    @TempDir
    static Path copy;

    private static CliProcess cached;

    @BeforeAll
    static void copy_the_distribution_with_its_cache() throws IOException {
        var first = cli.process().run("--version"); // makes the cache when it is missing
        assertThat(first.err()).isEmpty();

        copyTree(CliProcess.DISTRIBUTION.toRealPath(), copy);
        cached = cli.process().with(copy.resolve("bin/sandboxer"));

        assertThat(cache()).isRegularFile();
    }

    @Test
    void commands_load_our_classes_from_the_cache() throws IOException {
        var id = cached.create("--ttl", "5m");
        for (var command : List.of(
                List.of("ls"),
                List.of("ls", "--json"),
                List.of("show", id),
                List.of("exec", id, "true"),
                List.of("run", "true"),
                List.of("destroy", id))) {
            var classes = classesOf(cached, command);
            assertThat(classes.size()).as("classes of " + command).isBetween(1_000, MAX_CLASSES);
            assertThat(classes).as("read from jars by " + command).noneMatch(FROM_A_JAR);
            assertThat(classes).as("needed by servers only").noneMatch(StartUpIT::isOfServers);
        }
    }

    @Test
    void homes_that_use_clouds_have_a_cache_with_cloud_classes() throws Exception {
        var clouds = FakeCloudProcess.newDirectory();
        try (var cloud = FakeCloudProcess.launch(clouds, "--port", "0", "--key", CloudClient.KEY);
                var fresh = Cli.onFreshHome()) {
            cloud.awaitListening();
            var user = fresh.with(cloud.client().environment())
                    .process()
                    .with(cached.program())
                    .with("TMPDIR", temporary.home().toString());
            String[] use = {"run", "-p", "e2b-burst", "--", "true"};
            assertThat(ofClouds(user, use)).as("nobody knew before").anyMatch(FROM_A_JAR);

            assertThat(user.run("ls").status()).isZero();

            assertThat(Cli.entries(copy.resolve("aot"))).anyMatch(StartUpIT::isCloudTemplate);
            assertThat(Cli.entries(temporary.home()))
                    .as("what was made to make it")
                    .isEmpty();
            assertThat(cloud.client().sandboxes()).isEmpty();
            assertThat(ofClouds(user, use)).isNotEmpty().noneMatch(FROM_A_JAR);
        }
        FakeCloudProcess.removeDirectory(clouds);
    }

    private static List<String> ofClouds(CliProcess user, String... command) throws IOException {
        return classesOf(user, List.of(command)).stream()
                .filter(line -> line.contains("dev.sandboxer.e2b."))
                .toList();
    }

    /** Returns the JVM's lines about the classes that it loads. */
    private static List<String> classesOf(CliProcess user, List<String> command) throws IOException {
        var log = copy.resolve("classes.log");
        var result = user.with("SANDBOXER_JAVA_OPTS", "-XX:AOTMode=on -Xlog:class+load:file=" + log)
                .run(command.toArray(String[]::new));
        assertThat(result.status()).as(result.err()).isZero();
        return Files.readAllLines(log).stream()
                .filter(line -> line.contains(" source: "))
                .toList();
    }

    @Test
    void a_damaged_cache_is_ignored() throws IOException {
        var good = Files.readAllBytes(cache());
        try {
            for (var bytes : List.of("damaged".getBytes(), java.util.Arrays.copyOf(good, good.length / 2))) {
                Files.write(cache(), bytes);
                var result = cached.run("ls");
                assertThat(result.status()).isZero();
                assertThat(result.err()).isEmpty();
            }
        } finally {
            Files.write(cache(), good);
        }
    }

    @Test
    void a_server_starts_from_the_cache_with_its_own_jars() throws Exception {
        var server = cached.with("SANDBOXER_JAVA_OPTS", "-XX:AOTMode=on").start("serve", "--listen", "127.0.0.1:0");
        try (var said = new BufferedReader(new InputStreamReader(server.getInputStream(), UTF_8))) {
            assertThat(said.lines().anyMatch(line -> line.startsWith("listening on http://127.0.0.1:")))
                    .as("it listens")
                    .isTrue();
        } finally {
            server.destroy();
        }
        assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void only_commands_that_may_use_modal_have_its_jars_on_their_class_path() throws IOException {
        try (var fresh = Cli.onFreshHome();
                var keyed = Cli.onFreshHome()) {
            var process = withoutModal(fresh);
            for (var command : List.of(
                    List.of("ls"),
                    List.of("extensions"),
                    List.of("route"),
                    List.of("run", "true"),
                    List.of("--help"))) {
                assertThat(classPath(process, command)).as(command.toString()).noneMatch(StartUpIT::isOfModal);
            }
            assertThat(process.run("extensions").out()).contains("ext.modal");

            assertThat(classPath(process, List.of("route", "modal-gpu"))).anyMatch(StartUpIT::isOfModal);
            assertThat(classPath(process.with("MODAL_TOKEN_ID", "ak-fake"), List.of("ls")))
                    .anyMatch(StartUpIT::isOfModal);
            assertThat(classPath(process.with("SANDBOXER_DATABASE_URL", "nonsense"), List.of("ls")))
                    .anyMatch(StartUpIT::isOfModal);

            var user = withoutModal(keyed);
            var fields = "token_id=ak-fake\ntoken_secret=as-fake\n".getBytes(UTF_8);
            assertThat(user.runWith(fields, "credentials", "add", "ext.modal").err())
                    .isEmpty();
            assertThat(classPath(user, List.of("ls"))).as("who has a token").anyMatch(StartUpIT::isOfModal);
        }
    }

    private static CliProcess withoutModal(Cli cli) {
        return cli.process().with(Map.of("MODAL_TOKEN_ID", "", "SANDBOXER_DATABASE_URL", ""));
    }

    private static boolean isOfServers(String loaded) {
        return loaded.contains(" org.eclipse.jetty.") || loaded.contains(" dev.sandboxer.http.");
    }

    private static boolean isOfModal(String jar) {
        return jar.contains("/grpc-") || jar.contains("/guava-") || jar.contains("/sandboxer-modal-protocol-");
    }

    /** The jars of a command, which may fail. */
    private static List<String> classPath(CliProcess user, List<String> command) {
        var result =
                user.with("SANDBOXER_JAVA_OPTS", "-XshowSettings:properties").run(command.toArray(String[]::new));
        var jars = result.err()
                .lines()
                .map(String::strip)
                .filter(line -> line.endsWith(".jar"))
                .toList();
        assertThat(jars).as(result.err()).hasSizeGreaterThan(10);
        return jars;
    }

    private static Path cache() {
        return Cli.entries(copy.resolve("aot")).stream()
                .filter(cache -> !isCloudTemplate(cache))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isCloudTemplate(Path cache) {
        return cache.toString().endsWith("-clouds.aot");
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path path : tree.toList()) {
                // the cache is valid only for jars with the same modification time
                Files.copy(
                        path,
                        to.resolve(from.relativize(path)),
                        StandardCopyOption.REPLACE_EXISTING,
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
