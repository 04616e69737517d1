package dev.sandboxer.cli.serve;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.Terminal;
import dev.sandboxer.config.Durations;
import dev.sandboxer.http.Listen;
import dev.sandboxer.server.Advertised;
import dev.sandboxer.server.SandboxerServer;
import dev.sandboxer.server.ServerLog;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class ServeCommand extends Command {
    private final Supplier<String> listen = syntax.option(
            "--listen",
            "HOST:PORT",
            "Where to listen (default: ${DEFAULT-VALUE}; port 0 = any free one).",
            "127.0.0.1:7070");
    private final Supplier<@Nullable String> advertise = syntax.option(
            "--advertise",
            "URL",
            "Where other servers of the same database reach this one (default: http://HOST:PORT of --listen).");
    private final Supplier<@Nullable String> domain =
            syntax.option("--domain", "NAME", "Domain under which sandboxes have host names, <port>-<id>.NAME.");
    private final Supplier<Duration> drain = syntax.option(
            "--drain",
            "TIME",
            "How long requests may take to finish at the end (default: ${DEFAULT-VALUE}).",
            "10s",
            Durations::parse);

    public ServeCommand(Context context) {
        super(context, "Serve E2B's API and our own over HTTP, until a signal ends it; sandboxes go on.");
        syntax.footer("On first start it makes an API key for the consumer \"local\" and prints it, once."
                + "%n`sandboxer keys` makes and revokes others.");
    }

    @Override
    public Integer call() throws InterruptedException {
        ServerLog.configure(Terminal.present());
        var server =
                SandboxerServer.start(sandboxer(), Listen.parse(listen.get()), advertised(), domain.get(), drain.get());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server), "end"));
        if (sandboxer().keys().list(null).isEmpty()) {
            introduce(server);
        }
        console.print("listening on " + server.url());
        console.flush();
        new CountDownLatch(1).await();
        return 0;
    }

    private @Nullable URI advertised() {
        var text = advertise.get();
        return text == null ? null : Advertised.parse(text);
    }

    private void introduce(SandboxerServer server) {
        var key = sandboxer().keys().create(Sandboxer.LOCAL_CONSUMER);
        console.print("An API key for the consumer \"local\"; it is not shown again:");
        console.print("");
        console.print("  export E2B_API_KEY=" + key.secret());
        console.print("  export E2B_API_URL=" + server.url());
        console.print("  export E2B_SANDBOX_URL=" + server.url());
        console.print("");
    }

    /** Ends the process after a signal, with status 0 unless closing fails. */
    private void end(SandboxerServer server) {
        var status = 0;
        try {
            server.close();
            installation.close();
        } catch (RuntimeException e) {
            console.note(String.valueOf(e.getMessage()));
            status = 1;
        }
        console.flush();
        Runtime.getRuntime().halt(status);
    }
}
