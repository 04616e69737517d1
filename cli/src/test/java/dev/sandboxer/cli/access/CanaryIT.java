package dev.sandboxer.cli.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.CliProcess;
import dev.sandboxer.cli.Commands.Result;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.leaky.LeakyExtension;
import dev.sandboxer.observe.Redactor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Uses marked keys in every command and every failure, with a cloud that repeats the key of a request in each answer. No key may
 * appear in output, logs, files or the arguments of processes.
 */
class CanaryIT {
    private static final String PLATFORMS = "e2b_c0ffee00000000000000000000000000000ca4a51";
    private static final String CONSUMERS = "e2b_feedface00000000000000000000000000ca4a52";
    private static final String TYPO = "e2b_not-hex-but-secret-ca4a53";
    private static final String LONG_LOST = "e2b_deadbeef00000000000000000000000000ca4a54";
    private static final String LEAKED = "leaky-0/1+2=3%4ca4a55-secret";
    private static final String LEAKY_PROFILE = """
            profiles:
              profile.leaky:
                route: [ext.leaky]
                templates: {ext.leaky: base}
                cpu: 1
                memory: 256MiB
                disk: 256MiB
                ttl: 5m
                maxTtl: 1h
                network: backend-default
            """;
    private static final List<String> KEYS = List.of(PLATFORMS, CONSUMERS, TYPO, LONG_LOST, LEAKED);

    private static final Set<String> IN_DOUBT = Set.of("401", "504", "200");

    private static final long LARGE = 16 << 20;

    @TempDir
    Path directory;

    @AutoClose
    private final Cli first = Cli.onFreshHome();

    /** A home without creations of unknown outcome, which every command would ask the cloud about. */
    @AutoClose
    private final Cli second = Cli.onFreshHome();

    private final Map<String, String> seen = new TreeMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private HttpServer cloud;
    private Cli cli;
    private Path spies;
    private volatile int status = 401;

    @BeforeEach
    void start() throws IOException {
        cloud = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        cloud.createContext("/", this::repeatTheKey);
        cloud.start();
        cli = first.with(environment());
        spies = spies();
    }

    private Map<String, String> environment() {
        var url = "http://127.0.0.1:" + cloud.getAddress().getPort();
        return Map.of("E2B_API_KEY", PLATFORMS, "E2B_API_URL", url, "E2B_SANDBOX_URL", url, "SANDBOXER_DEBUG", "1");
    }

    private Result run(String... arguments) {
        return runWith("", arguments);
    }

    /** Runs a command in this JVM, after making the JVM forget the secrets that a new process would not know. */
    private Result runWith(String input, String... arguments) {
        forgetSecrets();
        return cli.runWith(input.getBytes(StandardCharsets.UTF_8), arguments);
    }

    private static void forgetSecrets() {
        try {
            var known = Redactor.class.getDeclaredField("forms");
            known.setAccessible(true);
            known.set(null, List.of());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** A process whose children are spied on. */
    private CliProcess process() {
        return cli.process().with("PATH", spies + ":" + System.getenv("PATH")).with("SANDBOXER_AOT", "off");
    }

    @AfterEach
    void stop() {
        cloud.stop(0);
    }

    /** Answers like a gateway that repeats the request. */
    private void repeatTheKey(HttpExchange exchange) throws IOException {
        asked.incrementAndGet();
        var key = String.valueOf(exchange.getRequestHeaders().getFirst("X-API-Key"));
        var encoded = Base64.getEncoder().encodeToString(("user:" + key).getBytes(StandardCharsets.UTF_8));
        var text = String.join(
                " ",
                "the key " + key + " is bad;",
                "?key=" + URLEncoder.encode(key, StandardCharsets.UTF_8),
                "Basic " + encoded,
                Base64.getUrlEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8)));
        var body = ("{\"code\":" + status + ",\"message\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.getResponseHeaders().set("X-Echo", key);
        exchange.sendResponseHeaders(status, body.length);
        try (var out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    /** Writes wrapper programs that record the arguments and environment of child processes. Returns their directory. */
    private Path spies() throws IOException {
        var bin = Files.createDirectory(directory.resolve("bin"));
        for (String program : List.of("bwrap", "mkfs.ext4", "debugfs")) {
            var real = Files.isExecutable(Path.of("/usr/bin", program))
                    ? Path.of("/usr/bin", program)
                    : Path.of("/usr/sbin", program);
            var spy = bin.resolve(program);
            Files.writeString(
                    spy,
                    "#!/bin/sh\n{ echo \"$0 $*\"; tr '\\0' '\\n' </proc/self/environ; } >>'"
                            + directory.resolve("spied") + "' 2>/dev/null\nexec " + real + " \"$@\"\n");
            Files.setPosixFilePermissions(spy, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Files.createFile(directory.resolve("spied"));
        Files.setPosixFilePermissions(directory.resolve("spied"), PosixFilePermissions.fromString("rw-rw-rw-"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        return bin;
    }

    @Test
    void no_key_is_printed_logged_or_stored() throws Exception {
        credentials();
        // 429 comes last, because commands obey the wait that it asks for
        for (int answer : new int[] {401, 403, 400, 503, 504, 200, 429}) {
            status = answer;
            useTheCloud(Integer.toString(answer));
        }
        lists("after the cloud");
        files();
        cli = second.with(environment());
        useACarelessExtension();
        onThisMachine();
        serve();

        assertThat(asked.get()).as("the cloud was asked").isGreaterThan(50);
        assertThat(Files.readString(directory.resolve("spied")))
                .as("children were seen")
                .contains("/bwrap", "PATH=");
        seen.put("children", Files.readString(directory.resolve("spied")));
        files();
        for (var place : seen.entrySet()) {
            for (String key : KEYS) {
                for (String form : forms(key)) {
                    assertThat(place.getValue())
                            .as("%s, as %s", place.getKey(), form)
                            .doesNotContain(form);
                }
            }
        }
    }

    private static List<String> forms(String key) {
        var forms = new ArrayList<>(List.of(key, key.substring(key.indexOf("_") + 1)));
        forms.add(URLEncoder.encode(key, StandardCharsets.UTF_8));
        for (String with : List.of(key, ":" + key, "r:" + key)) {
            // without the characters that depend on the bytes around the key
            var text = Base64.getEncoder().withoutPadding().encodeToString(with.getBytes(StandardCharsets.UTF_8));
            forms.add(text.substring(8, text.length() - 4));
        }
        return forms;
    }

    private void credentials() {
        see("bad form", runWith(TYPO, "credentials", "add", "ext.e2b"));
        see("two lines", add(CONSUMERS + "\n" + LONG_LOST));
        see("wrong field", add("token=" + LONG_LOST));
        see("json", add("{\"api_key\": [\"" + LONG_LOST + "\"]}"));
        see("json cut", add("{\"api_key\": \"" + LONG_LOST));
        see("line break", add("{\"api_key\": \"" + CONSUMERS + "\\nX-Evil: 1\"}"));
        see("bad url", add("api_key=" + CONSUMERS + "\napi_url=nonsense"));
        var url = "http://127.0.0.1:" + cloud.getAddress().getPort();
        var added = add("api_key=" + CONSUMERS + "\napi_url=" + url + "\nsandbox_url=" + url);
        assertThat(added.status()).as(added.err()).isZero();
        see("added", added);
        see("again", add(CONSUMERS));
        see("for another", runWith(CONSUMERS + "\n", "credentials", "add", "ext.e2b", "--platform"));
        see("ls", run("credentials", "ls"));
        see("ls json", run("credentials", "ls", "--json"));
        see("rotate", run("credentials", "rotate-master-key"));
    }

    private Result add(String input) {
        return runWith(input, "credentials", "add", "ext.e2b");
    }

    private void useTheCloud(String answer) {
        see(answer + " check", run("credentials", "check"));
        see(answer + " create", run("create", "-p", "e2b-burst", "--credential", "default"));
        see(answer + " run", run("run", "-p", "e2b-burst", "--", "true"));
        if (answer.equals("401")) {
            lists(answer);
        }
        if (!IN_DOUBT.contains(answer)) {
            return; // after a definite failure no more calls follow
        }
        for (String id : run("ls", "--all", "-q").out().lines().limit(1).toList()) {
            see(answer + " show", run("show", id, "--json"));
            see(answer + " exec", run("exec", id, "true"));
            see(answer + " cp", run("cp", id + ":x", "-"));
            see(answer + " extend", run("extend", id, "1m"));
            see(answer + " destroy", run("destroy", id));
        }
    }

    private void lists(String when) {
        see(when + " route", run("route", "e2b-burst"));
        see(when + " credentials", run("credentials", "ls", "--json"));
        see(when + " ls", run("ls", "--all", "--json"));
        see(when + " run for another", run("run", "--consumer", "team", "-p", "e2b-burst", "--", "true"));
        see(when + " ls for another", run("ls", "--all", "--consumer", "team"));
    }

    /** Tests an extension that does not hide its key, unlike {@code ext.e2b}: only the control plane hides it. */
    private void useACarelessExtension() throws IOException {
        Files.writeString(cli.home().resolve("config.yaml"), LEAKY_PROFILE);
        var jar = Files.createDirectories(cli.home().resolve("extensions")).resolve("leaky.jar");
        try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
            var name = LeakyExtension.class.getName();
            put(out, "META-INF/services/" + Extension.class.getName(), name.getBytes(StandardCharsets.UTF_8));
            var code = name.replace('.', '/') + ".class";
            try (var in = Objects.requireNonNull(getClass().getClassLoader().getResourceAsStream(code))) {
                put(out, code, in.readAllBytes());
            }
        }
        see("leaky bad", runWith("x" + LEAKED, "credentials", "add", "ext.leaky"));
        var added = runWith(LEAKED, "credentials", "add", "ext.leaky");
        assertThat(added.status()).as(added.err()).isZero();
        for (String way : List.of("INTERNAL", "THROTTLED", "BUG", "CREDENTIAL")) {
            fail(way);
            var made = run("create", "-p", "leaky");
            assertThat(made.err()).as(way).contains(Redactor.HIDDEN);
            see("leaky create " + way, made);
            see("leaky check " + way, run("credentials", "check", added.line()));
            see("leaky credentials " + way, run("credentials", "ls", "--json"));
            see("leaky destroy " + way, run("destroy", "--all"));
        }
        fail("INTERNAL");
    }

    /** Sets how the careless extension fails from now on. */
    private void fail(String way) throws IOException {
        Files.writeString(Files.createDirectories(cli.home().resolve("leaky")).resolve("way"), way);
    }

    private static void put(JarOutputStream jar, String name, byte[] content) throws IOException {
        jar.putNextEntry(new JarEntry(name));
        jar.write(content);
        jar.closeEntry();
    }

    private void onThisMachine() {
        see("consumers", run("consumers", "add", "team"));
        see("local", process().run("run", "--", "env"));
        see("init", process().run("run", "--", "sudo", "cat", "/proc/1/environ", "/proc/1/cmdline"));
        see("doctor", run("doctor", "--json"));
        see("extensions", run("extensions", "--json"));
        see("config", run("config", "check"));
        see("rm", run("credentials", "rm", "default"));
    }

    private void serve() throws Exception {
        add("api_key=" + CONSUMERS + "\napi_url=http://127.0.0.1:"
                + cloud.getAddress().getPort());
        var key = run("keys", "create").line();
        var server = process().start("serve", "--listen", "127.0.0.1:0", "--drain", "1s");
        var log = new StringBuilder();
        var listener = Thread.ofVirtual().start(() -> collect(server, log));
        try (var out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
                var http = HttpClient.newHttpClient()) {
            String line;
            do {
                line = out.readLine();
                assertThat(line).as(log.toString()).isNotNull();
            } while (!line.startsWith("listening on "));
            var url = line.substring("listening on ".length());
            for (int answer : new int[] {429, 500, 401}) { // after a refused key no more calls follow
                status = answer;
                for (String profile : List.of("e2b-burst", "leaky")) {
                    var body = "{\"templateID\":\"" + profile + "\",\"timeout\":60}";
                    var request = HttpRequest.newBuilder(URI.create(url + "/v2/sandboxes"))
                            .header("X-API-Key", key)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build();
                    var response = http.send(request, HttpResponse.BodyHandlers.ofString());
                    seen.put(
                            "served " + profile + " " + answer,
                            response.headers().map() + response.body());
                }
            }
        } finally {
            server.destroy();
            assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
            listener.join();
        }
        assertThat(log.toString()).as("the log of the server").contains("/v2/sandboxes", "429");
        seen.put("log", log.toString());
    }

    /** Collects the log line by line: when a process ends, its last lines may be lost with the stream. */
    private static void collect(Process server, StringBuilder log) {
        try (var err = server.errorReader(StandardCharsets.UTF_8)) {
            for (var line = err.readLine(); line != null; line = err.readLine()) {
                log.append(line).append('\n');
            }
        } catch (IOException e) {
            log.append(e);
        }
    }

    private void see(String what, Result result) {
        seen.put(what, result.out() + result.err());
    }

    /** Searches all files of the home for keys. Disk images are too large to read, so they are searched by a program. */
    private void files() throws Exception {
        try (var all = Files.walk(cli.home())) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                if (Files.size(file) < LARGE) {
                    seen.put(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
                } else {
                    var patterns = String.join(
                            "\n",
                            KEYS.stream().flatMap(key -> forms(key).stream()).toList());
                    var grep = new ProcessBuilder("grep", "-caF", "-e", patterns, file.toString()).start();
                    var count = new String(grep.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                    assertThat(count.strip()).as(file.toString()).isEqualTo("0");
                }
            }
        }
    }
}
