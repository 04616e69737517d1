package dev.sandboxer.e2b;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.NetworkPolicy;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes sandboxes. E2B has no idempotency key, so the tag goes into the metadata, and a creation is sent again only after an
 * answer that says it was refused.
 */
record Creation(ExtensionContext context, ControlClient control, PlanLimit limit) {
    /** The new sandbox's id. A life that is longer than the plan allows is shortened to what it allows. */
    String create(CreateRequest request) {
        var asked = limit.clamp(Deadlines.fromNow(context.clock(), request.deadline()));
        try {
            return control.create(body(request, asked.toSeconds()));
        } catch (ExtensionException e) {
            if (e.kind() != Kind.INVALID || !limit.learn(String.valueOf(e.getMessage()), asked)) {
                throw e;
            }
            return control.create(body(request, limit.clamp(asked).toSeconds()));
        }
    }

    /** What it really got. It is there by now, so that nobody may take a failure for "nothing was made". */
    SandboxView described(BackendRef made) {
        try {
            return control.get(made);
        } catch (ExtensionException e) {
            throw new ExtensionException(
                    e.kind() == Kind.GONE ? Kind.TRANSIENT : e.kind(),
                    Effect.UNKNOWN,
                    e.retryAfter(),
                    "the sandbox " + made + " was made, but " + e.getMessage(),
                    e);
        }
    }

    private ObjectNode body(CreateRequest request, long seconds) {
        var body = Json.object();
        body.put("templateID", E2bSnapshots.templateId(request.template())).put("timeout", seconds);
        body.putObject("metadata")
                .put(SandboxView.TAG, request.tag().toString())
                .put(SandboxView.INSTALLATION, request.tag().installation());
        var variables = body.putObject("envVars");
        request.env().forEach(variables::put);
        if (request.network() == NetworkPolicy.DENY) {
            body.put("allow_internet_access", false);
        }
        return body;
    }
}
