package dev.sandboxer.extension;

import dev.sandboxer.extension.spec.Enforcement;
import dev.sandboxer.extension.spec.NetworkRuleKind;
import dev.sandboxer.extension.spec.SandboxSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An adapter for one backend. Found with {@link java.util.ServiceLoader}, so it needs a public constructor without
 * arguments, which must do nothing that costs time or can fail.
 *
 * <p>What it says about itself is the same as long as this process lives, and is said without a network call.
 */
public interface Extension {
    /** {@return its id, the same for ever: credentials, profiles and sandboxes refer to it} */
    ExtensionId id();

    /**
     * One line for people, such as "Linux sandboxes on this machine".
     *
     * @return one line, never blank
     */
    String description();

    /**
     * Whether its use costs money that somebody bills.
     *
     * @return true if somebody bills it
     */
    boolean metered();

    /**
     * Returns true if its sandboxes live on the host that made them, and can be looked at and ended from there alone. Of several
     * servers that share their work, that host's does what is to be done with them.
     *
     * @return true if only the host that made a sandbox reaches it
     */
    default boolean hostBound() {
        return false;
    }

    /**
     * What its backend can do; must agree with the interfaces its {@link Backend} implements (the test kit checks).
     *
     * @return the declared capabilities, never null
     */
    Set<Capability> capabilities();

    /**
     * The secret fields a credential for it has; empty when it needs none.
     *
     * @return the fields, each with a name of its own
     */
    List<CredentialField> credentialFields();

    /**
     * The templates that a profile may name for it, without snapshots; empty when only the backend knows them.
     *
     * @return names in the backend's own terms
     */
    Set<String> templates();

    /**
     * How strictly each kind of network rule is enforced; a kind that is absent is not. By default what
     * {@link Capability#NETWORK_DENY} implies: the network can be denied as a whole, at the addresses, and no finer rule is kept.
     *
     * @return by kind; what is absent counts as {@link Enforcement#NONE}
     */
    default Map<NetworkRuleKind, Enforcement> networkEnforcement() {
        return new DeclaredSupport(this).networkEnforcement();
    }

    /**
     * Whether the backend can honour all of a spec; nothing that is asked for is dropped silently. Only CPU, memory and disk
     * are ignored by a backend without {@link Capability#SIZE}. Makes no network call. {@link Backend#create} refuses what this
     * refuses, with kind {@code UNSUPPORTED} and effect {@code NOT_APPLIED}.
     *
     * <p>By default the capabilities, {@link #templates()} and {@link #networkEnforcement()} decide. An extension that knows more,
     * such as its regions or types of GPU, overrides this, and asks the default first.
     *
     * @param spec what is asked for
     * @return that it can, or the reason why not
     */
    default Support supports(SandboxSpec spec) {
        return new DeclaredSupport(this).of(spec);
    }

    /**
     * Whether this host can run it, and with which limits. Creates nothing, changes nothing and never throws for a host
     * that lacks something: that is a finding.
     *
     * @param context what the extension gets from the process that runs it
     * @return what was found, in the order in which people should read it
     */
    HostReport checkHost(ExtensionContext context);

    /**
     * Opens the backend with one credential. Does not contact it yet.
     *
     * @param context what the extension gets from the process that runs it
     * @param credential its fields, of which it may lack some or have unknown ones
     * @return the backend, which the caller closes
     * @throws ExtensionException of kind {@code CREDENTIAL} when a field is missing or malformed
     */
    Backend open(ExtensionContext context, Credential credential);
}
