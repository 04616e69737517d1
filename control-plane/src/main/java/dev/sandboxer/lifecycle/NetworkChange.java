package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.NetworkUpdating;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.lifecycle.state.Cause;
import dev.sandboxer.lifecycle.state.Conflicts;
import dev.sandboxer.lifecycle.state.Leases;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxStore;
import dev.sandboxer.lifecycle.state.Transitions;
import dev.sandboxer.lifecycle.terms.RequestedRules;
import dev.sandboxer.routing.Backends;
import org.jspecify.annotations.Nullable;

/** Replaces the network rules of sandboxes: at the backend first, then in the row. Changes are idempotent. */
record NetworkChange(SandboxStore sandboxes, Transitions transitions, Backends backends, Leases leases) {
    /** Replaces the rules, see {@link Sandboxes#updateNetwork}. */
    Sandbox update(
            Sandbox sandbox,
            @Nullable NetworkPolicy byDefault,
            @Nullable RequestedRules targets,
            NetworkRules ofProfile) {
        return Conflicts.retry(() -> leases.exclusively(sandbox.id(), () -> {
            var current = sandboxes.current(sandbox);
            current.requireNotEnded();
            var next = current.withNetwork(byDefault, targets);
            var rules = next.terms().effectiveNetwork(ofProfile);
            if (backends.has(current.extension(), Capability.NETWORK_UPDATE)
                    || !rules.equals(current.terms().effectiveNetwork(ofProfile))) {
                updateAtBackend(current, rules);
            }
            return next.terms().equals(current.terms())
                    ? current
                    : transitions.commit(current, next, Cause.NETWORK_ASKED);
        }));
    }

    private void updateAtBackend(Sandbox sandbox, NetworkRules rules) {
        try {
            backend(sandbox).updateNetwork(sandbox.requireRef(), rules);
        } catch (ExtensionException e) {
            if (e.kind() == Kind.UNSUPPORTED) {
                throw new SandboxException(ErrorCode.UNSUPPORTED, sandbox.extension() + ": " + e.getMessage(), e);
            }
            throw e;
        }
    }

    private NetworkUpdating backend(Sandbox sandbox) {
        if (backends.ofLive(sandbox.extension(), sandbox.credential()) instanceof NetworkUpdating backend) {
            return backend;
        }
        throw new SandboxException(
                ErrorCode.UNSUPPORTED,
                sandbox.extension() + " can't change the network of a running sandbox; set it at creation");
    }
}
