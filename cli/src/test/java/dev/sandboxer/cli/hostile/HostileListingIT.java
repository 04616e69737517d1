package dev.sandboxer.cli.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.CliProcess;
import dev.sandboxer.cli.serve.ServerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A sandbox whose directories are made to be expensive, listed by many at once, on a server with its default settings. */
class HostileListingIT {
    private static final long MAX_KIB = 512 << 10;
    private static final int AT_ONCE = 8;
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Pattern KEY = Pattern.compile("e2b_[0-9a-f]{40}");
    private static final Pattern ID = Pattern.compile("\"sandboxID\":\"([a-z0-9]+)\"");
    private static final Pattern TOKEN = Pattern.compile("\"envdAccessToken\":\"([^\"]+)\"");

    /** As many empty files as the disk takes, up to 100,000, below a path of almost 4 KiB. */
    private static final String MANY_NAMES = """
            import os
            os.chdir('/home/user')
            for i in range(15):
                os.mkdir('d' * 250); os.chdir('d' * 250)
            try:
                for i in range(100000):
                    os.close(os.open('%06d' % i, os.O_CREAT | os.O_WRONLY))
            except OSError:
                pass
            print(len(os.listdir('.')))
            """;

    @AutoClose
    private final Cli cli = Cli.onFreshHome();

    private final CliProcess process = new CliProcess(cli.home());
    private final ServerProcess server = new ServerProcess(process);
    private final HttpClient http = HttpClient.newHttpClient();

    private record Box(String id, String token) {}

    @AfterEach
    void end() {
        process.run("destroy", "--all", "--force");
        server.close();
        http.close();
    }

    @Test
    void listing_a_hostile_directory_costs_the_server_little_and_other_sandboxes_nothing() throws Exception {
        var key = server.start().stream()
                .flatMap(line -> KEY.matcher(line).results())
                .findFirst()
                .orElseThrow()
                .group();
        var hostile = create(key);
        var neighbour = create(key);
        var made = process.run("exec", hostile.id, "--", "python3", "-c", MANY_NAMES);
        assertThat(Integer.parseInt(made.out().strip())).as(made.err()).isGreaterThan(30_000);

        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            var listings = new ArrayList<Future<HttpResponse<InputStream>>>();
            for (int i = 0; i < AT_ONCE; i++) {
                listings.add(callers.submit(listing(hostile, "{\"path\":\"/home/user\",\"depth\":40}")));
            }
            do {
                assertThat(rssKiB()).isLessThan(MAX_KIB);
                var answered = listing(neighbour, "{\"path\":\"/home/user\",\"depth\":1}")
                        .call();
                assertThat(answered.statusCode()).isEqualTo(200);
                Thread.sleep(50);
            } while (listings.stream().anyMatch(listing -> !listing.isDone()));
            for (var listing : listings) {
                var answer = listing.get();
                var body = new String(answer.body().readNBytes(10_000));
                assertThat(answer.statusCode()).as(body).isEqualTo(429);
                assertThat(body).contains("resource_exhausted", "more than 64 MiB");
            }
        }
        assertThat(rssKiB()).isLessThan(MAX_KIB);
        assertThat(server.isAlive()).isTrue();
        var whole = listing(hostile, "{\"path\":\"/home/user\",\"depth\":1}").call();
        assertThat(whole.statusCode()).isEqualTo(200);
    }

    private Box create(String key) throws Exception {
        var made = server.call(key, "POST", "/sandboxes", "{\"templateID\":\"base\",\"timeout\":600,\"secure\":true}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        return new Box(first(ID, made.body()), first(TOKEN, made.body()));
    }

    private static String first(Pattern pattern, String text) {
        return pattern.matcher(text).results().findFirst().orElseThrow().group(1);
    }

    private Callable<HttpResponse<InputStream>> listing(Box box, String body) {
        var request = HttpRequest.newBuilder(URI.create(server.url() + "/filesystem.Filesystem/ListDir"))
                .header("Content-Type", "application/json")
                .header("E2b-Sandbox-Id", box.id)
                .header("E2b-Sandbox-Port", "49983")
                .header("X-Access-Token", box.token)
                .timeout(LIMIT)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return () -> http.send(request, BodyHandlers.ofInputStream());
    }

    private long rssKiB() throws IOException {
        return server.rssKiB();
    }
}
