package dev.sandboxer.launch;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.PortConnection;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.observe.VirtualThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Runs probes. */
public final class Probes {
    private static final Pattern READY = Pattern.compile("HTTP/1\\.[01] [23][0-9][0-9].*");
    private static final int MAX_STATUS_LENGTH = 200;

    private Probes() {}

    /**
     * The settings of a probe's command.
     *
     * @param user null = the backend's default
     * @param cwd null = the user's home
     * @param env added to the sandbox's variables
     * @param wanted called about every 500 ms; false ends the probe, which fails then
     * @param output receives what the command prints
     */
    public record Way(
            @Nullable String user,
            @Nullable String cwd,
            Map<String, String> env,
            BooleanSupplier wanted,
            Consumer<byte[]> output) {
        /** Returns the settings of a command that runs to its end as a user, without output. */
        public static Way as(String user) {
            return new Way(user, null, Map.of(), () -> true, bytes -> {});
        }
    }

    /** Runs a probe once. Returns true if the sandbox is ready; false also after the time limit. */
    public static boolean isReady(Session session, Probe probe, Duration limit, Way way) throws InterruptedException {
        return switch (probe) {
            case Probe.Port(var number) -> listens(session, number);
            case Probe.Url url -> answers(session, url, limit);
            case Probe.Command(var argv) -> {
                var spec = ProcessSpec.builder(argv)
                        .env(way.env())
                        .user(way.user())
                        .cwd(way.cwd())
                        .timeout(limit)
                        .build();
                yield SandboxCommand.run(session, spec, limit, way.wanted(), way.output())
                                .end()
                        == SandboxCommand.End.SUCCEEDED;
            }
        };
    }

    private static boolean listens(Session session, int port) {
        try (var _ = session.ports().dial(port)) {
            return true;
        } catch (OperationException e) {
            return falseIfRefused(e);
        }
    }

    /** Returns false if nothing listens on the port. Rethrows any other failure. */
    private static boolean falseIfRefused(OperationException e) {
        if (e.reason() == Reason.REFUSED) {
            return false;
        }
        throw e;
    }

    /** Requests a URL in a thread of its own: when a silent server exceeds the limit, closing the connection ends that thread. */
    private static boolean answers(Session session, Probe.Url url, Duration limit) throws InterruptedException {
        try (var connection = session.ports().dial(url.port())) {
            var answer = new CompletableFuture<Boolean>();
            VirtualThreads.start("ready-url", () -> {
                try {
                    answer.complete(ask(connection, url));
                } catch (IOException | UncheckedIOException | OperationException e) {
                    answer.complete(false);
                }
            });
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (OperationException e) {
            return falseIfRefused(e);
        }
    }

    private static boolean ask(PortConnection connection, Probe.Url url) throws IOException {
        var request =
                "GET " + url.target() + " HTTP/1.1\r\nHost: " + url.address().getAuthority()
                        + "\r\nUser-Agent: sandboxer\r\nAccept: */*\r\nConnection: close\r\n\r\n";
        connection.output().write(request.getBytes(StandardCharsets.US_ASCII));
        connection.output().flush();
        var line = new StringBuilder();
        for (int c = connection.input().read();
                c >= 0 && c != '\n' && line.length() < MAX_STATUS_LENGTH;
                c = connection.input().read()) {
            line.append((char) c);
        }
        return READY.matcher(line.toString().strip()).matches();
    }
}
