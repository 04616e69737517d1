package dev.sandboxer.fakecloud.modal;

import dev.sandboxer.config.Home;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.fakecloud.CloudAccount;
import dev.sandboxer.fakecloud.FaultPlan;
import dev.sandboxer.fakecloud.FaultPlanReader;
import dev.sandboxer.http.Listen;
import dev.sandboxer.http.modal.ModalOptions;
import dev.sandboxer.http.modal.ModalServer;
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
 * Plays a Modal account on this machine: speaks Modal's protocol, runs sandboxes with {@code ext.local}, fails as planned, and
 * ends all its sandboxes when it is closed. A GPU can be asked for, and isn't there. Thread-safe.
 */
public final class FakeModal implements AutoCloseable {
    private final CloudAccount account;
    private final TokenPair token;
    private final FaultInterceptor faults;
    private final SandboxerServer jobs;
    private final ModalServer server;

    private FakeModal(CloudAccount account, Listen listen, @Nullable TokenPair token, FaultPlan plan) {
        this.account = account;
        var key = account.accept(null);
        this.token = token == null ? new TokenPair("ak-rehearsal", key) : token;
        var builds = new FailedBuilds();
        this.faults = new FaultInterceptor(plan, builds, account::end);
        // does the periodic work; nobody is told where it listens
        this.jobs = SandboxerServer.start(account.installation(), new Listen("127.0.0.1", 0), null, Duration.ZERO);
        try {
            this.server = ModalServer.start(
                    account.installation(),
                    listen,
                    null,
                    List.of(new TokenExchange(this.token, key), faults, builds),
                    options(plan));
        } catch (RuntimeException e) {
            jobs.close();
            throw e;
        }
    }

    private static ModalOptions options(FaultPlan plan) {
        var tokenLife = plan.tokenLifetime();
        return new ModalOptions(tokenLife == null ? ModalOptions.USUAL.tokenLife() : tokenLife, true);
    }

    /**
     * Starts it, and returns when it listens.
     *
     * @param home where it keeps its things; its {@code config.yaml} may hold profiles
     * @param token what it accepts, and nothing else; null = a new one
     * @throws SandboxException when the home or the address can't be used
     */
    public static FakeModal start(
            Home home, Listen listen, @Nullable TokenPair token, FaultPlan plan, InstantSource clock) {
        var account = CloudAccount.open(home, clock);
        try {
            return new FakeModal(account, listen, token, plan);
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

    /** The token that it accepts. */
    public TokenPair token() {
        return token;
    }

    /** Where clients reach it. */
    public String url() {
        return server.url();
    }

    /**
     * Stops listening and ends all sandboxes.
     *
     * @throws SandboxException {@code BACKEND_FAILED} with a line for each sandbox that is left
     */
    @Override
    public void close() {
        faults.close();
        server.close();
        jobs.close();
        account.close();
    }
}
