package dev.sandboxer.fakecloud.modal;

import dev.sandboxer.config.Home;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.fakecloud.CloudAccount;
import dev.sandboxer.fakecloud.FaultPlan;
import dev.sandboxer.fakecloud.FaultPlanReader;
import dev.sandboxer.http.Listen;
import dev.sandboxer.http.modal.ModalOptions;
import dev.sandboxer.http.modal.ModalServer;
import dev.sandboxer.payments.rates.RateCardReader;
import dev.sandboxer.protocol.modal.ModalClientGrpc;
import dev.sandboxer.protocol.modal.TaskCommandRouterGrpc;
import dev.sandboxer.server.SandboxerServer;
import io.grpc.MethodDescriptor;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A fake Modal account on this machine: speaks Modal's protocol, runs sandboxes with {@code ext.local}, and injects
 * planned faults. Accepts requests for GPUs, but its sandboxes have none. Closing it destroys all its sandboxes. Thread-safe.
 */
public final class FakeModal implements AutoCloseable {
    private final CloudAccount account;
    private final TokenPair token;
    private final FaultInterceptor faults;
    private final SandboxerServer jobs;
    private final ModalServer server;

    private FakeModal(
            CloudAccount account, Listen listen, @Nullable TokenPair token, FaultPlan plan, InstantSource clock) {
        this.account = account;
        var key = account.acceptKey(null);
        this.token = token == null ? new TokenPair("ak-rehearsal", key) : token;
        var builds = new FailedBuilds();
        this.faults = new FaultInterceptor(plan, builds, account::destroy);
        // runs the periodic jobs; its own address is not used
        this.jobs = SandboxerServer.start(account.installation(), new Listen("127.0.0.1", 0), null, Duration.ZERO);
        try {
            this.server = ModalServer.start(
                    account.installation(),
                    listen,
                    null,
                    List.of(
                            new TokenExchange(this.token, key),
                            faults,
                            builds,
                            new PublishedRates(RateCardReader.builtIn(), clock)),
                    options(plan));
        } catch (RuntimeException e) {
            jobs.close();
            throw e;
        }
    }

    private static ModalOptions options(FaultPlan plan) {
        var tokenLife = plan.tokenLifetime();
        return new ModalOptions(tokenLife == null ? ModalOptions.DEFAULT.tokenLife() : tokenLife, true);
    }

    /**
     * Starts the server and returns when it listens.
     *
     * @param home the server's home directory; its {@code config.yaml} may have profiles
     * @param token the only token that the server accepts; null = a new one
     * @throws SandboxException when the home or the address can't be used
     */
    public static FakeModal start(
            Home home, Listen listen, @Nullable TokenPair token, FaultPlan plan, InstantSource clock) {
        var account = CloudAccount.open(home, clock);
        try {
            return new FakeModal(account, listen, token, plan, clock);
        } catch (RuntimeException e) {
            account.close();
            throw e;
        }
    }

    /**
     * Reads a plan for {@link #start}.
     *
     * @throws SandboxException {@code INVALID_CONFIG} with one line per problem
     */
    public static FaultPlan readPlan(Path file) {
        var names = Stream.of(ModalClientGrpc.getServiceDescriptor(), TaskCommandRouterGrpc.getServiceDescriptor())
                .flatMap(service -> service.getMethods().stream())
                .map(MethodDescriptor::getBareMethodName)
                .toList();
        return FaultPlanReader.read(file, names);
    }

    /** Returns the token that the server accepts. */
    public TokenPair token() {
        return token;
    }

    /** Returns the server's address. */
    public String url() {
        return server.url();
    }

    /**
     * Stops the server and destroys all sandboxes.
     *
     * @throws SandboxException {@code BACKEND_FAILED} with a line for each sandbox that could not be destroyed
     */
    @Override
    public void close() {
        faults.close();
        server.close();
        jobs.close();
        account.close();
    }
}
