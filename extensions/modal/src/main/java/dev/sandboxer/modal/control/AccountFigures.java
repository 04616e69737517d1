package dev.sandboxer.modal.control;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.Accounting.Usage;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetResourceUsageRequest;
import dev.sandboxer.protocol.modal.ClientProto.WorkspaceBillingRatesRequest;
import dev.sandboxer.protocol.modal.ModalClientGrpc;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Usage and prices as Modal reports them. Modal may withhold them: its billing calls are said to need the Team plan.
 * Thread-safe.
 */
public final class AccountFigures {
    private static final int NANOS = 9;

    private final ControlClient client;
    private final SandboxCalls sandboxes;

    public AccountFigures(ControlClient client, SandboxCalls sandboxes) {
        this.client = client;
        this.sandboxes = sandboxes;
    }

    /**
     * Returns what Modal has counted for a running sandbox; empty when Modal withholds it. Modal is said to forget the
     * usage when the sandbox ends.
     *
     * @throws ExtensionException {@code GONE} when it has ended
     */
    public Optional<Usage> usage(BackendRef sandbox) {
        sandboxes.requireRunning(sandbox);
        var request = SandboxGetResourceUsageRequest.newBuilder()
                .setSandboxId(sandbox.value())
                .build();
        try {
            var answer = client.read(
                    ModalClientGrpc.getSandboxGetResourceUsageMethod(), request, "reading a sandbox's usage", sandbox);
            return Optional.of(new Usage(
                    Duration.ofNanos(answer.getCpuCoreNanosecs()),
                    BigDecimal.valueOf(answer.getMemGibNanosecs(), NANOS),
                    Duration.ofNanos(answer.getGpuNanosecs()),
                    answer.hasGpuType() ? answer.getGpuType() : null));
        } catch (ExtensionException e) {
            rethrowUnlessWithheld(e);
            return Optional.empty();
        }
    }

    /** Returns decimal prices by Modal's own names, of which no list is published; empty when Modal withholds them. */
    public Map<String, String> rates() {
        try {
            var answer = client.read(
                    ModalClientGrpc.getWorkspaceBillingRatesMethod(),
                    WorkspaceBillingRatesRequest.getDefaultInstance(),
                    "reading an account's prices",
                    null);
            return new TreeMap<>(answer.getRatesMap());
        } catch (ExtensionException e) {
            rethrowUnlessWithheld(e);
            return Map.of();
        }
    }

    /** Accepts a refusal that comes from the account's plan, although the token is valid. */
    private static void rethrowUnlessWithheld(ExtensionException e) {
        if (e.kind() != Kind.UNSUPPORTED && e.kind() != Kind.CREDENTIAL) {
            throw e;
        }
    }
}
