package dev.sandboxer.e2b.control;

import dev.sandboxer.e2b.http.E2bJson;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.CreationProgress.Stage;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkTarget;
import dev.sandboxer.extension.spec.SandboxSpec;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Creates sandboxes. E2B has no idempotency key, so the tag goes into the metadata, and a creation is sent again only
 * after a definite refusal.
 */
public record SandboxCreation(ExtensionContext context, ControlClient control, PlanLimit limit) {
    /** Creates a sandbox and returns its id. Shortens the lifetime to what the plan allows. */
    public String create(CreateRequest request) {
        request.report(Stage.STARTING, "starting a sandbox at E2B");
        var requested = limit.clamp(Lifetimes.fromNow(context.clock(), request.deadline()));
        try {
            return control.create(body(request, requested.toSeconds()));
        } catch (ExtensionException e) {
            if (e.kind() != Kind.INVALID || !limit.learn(String.valueOf(e.getMessage()), requested)) {
                throw e;
            }
            return control.create(body(request, limit.clamp(requested).toSeconds()));
        }
    }

    /** Runs work on a new sandbox, and kills the sandbox if the work fails, since nobody else knows its id. */
    public <T> T killOnFailure(BackendRef made, Supplier<T> work) {
        try {
            return work.get();
        } catch (ExtensionException e) {
            throw failed(made, e.kind() == Kind.GONE ? Kind.TRANSIENT : e.kind(), e.retryAfter(), e);
        } catch (OperationException e) {
            throw failed(made, Kind.TRANSIENT, null, e);
        }
    }

    private ExtensionException failed(BackendRef made, Kind kind, @Nullable Duration retryAfter, RuntimeException e) {
        var message = "the sandbox " + made + " was created, but " + e.getMessage();
        try {
            control.kill(made);
            return new ExtensionException(kind, Effect.NOT_APPLIED, retryAfter, message + "; it was killed", e);
        } catch (ExtensionException notKilled) {
            e.addSuppressed(notKilled);
            return new ExtensionException(kind, Effect.UNKNOWN, retryAfter, message, e);
        }
    }

    private ObjectNode body(CreateRequest request, long seconds) {
        var body = E2bJson.object();
        var spec = request.spec();
        body.put("templateID", E2bSnapshots.templateId(spec.source())).put("timeout", seconds);
        body.putObject("metadata")
                .put(SandboxView.TAG, request.tag().toString())
                .put(SandboxView.INSTALLATION, request.tag().installation());
        var variables = body.putObject("envVars");
        spec.env().forEach(variables::put);
        if (spec.network().byDefault() == NetworkPolicy.DENY) {
            body.put("allow_internet_access", false);
        }
        var network = network(spec);
        if (!network.isEmpty()) {
            body.set("network", network);
        }
        return body;
    }

    private static ObjectNode network(SandboxSpec spec) {
        var network = E2bJson.object();
        if (!spec.publicPorts()) {
            network.put("allowPublicTraffic", false);
        }
        putTargets(network, "allowOut", spec.network().allow());
        putTargets(network, "denyOut", spec.network().deny());
        return network;
    }

    private static void putTargets(ObjectNode network, String field, List<NetworkTarget> targets) {
        if (!targets.isEmpty()) {
            var array = network.putArray(field);
            targets.forEach(target -> array.add(target.toString()));
        }
    }
}
