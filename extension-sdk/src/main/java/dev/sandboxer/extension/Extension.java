package dev.sandboxer.extension;

import java.util.List;
import java.util.Set;

/**
 * An adapter for one backend. Found with {@link java.util.ServiceLoader}, so it needs a public constructor without
 * arguments, which must do nothing that costs time or can fail.
 */
public interface Extension {
    ExtensionId id();

    /** One line for people, such as "Linux sandboxes on this machine". */
    String description();

    /** Whether its use costs money that somebody bills. */
    boolean metered();

    /** What its backend can do; must agree with the interfaces its {@link Backend} implements (the test kit checks). */
    Set<Capability> capabilities();

    /** The secret fields a credential for it has; empty when it needs none. */
    List<CredentialField> credentialFields();

    /** The templates that a profile may name for it, or empty when only the backend knows them. */
    Set<String> templates();

    /**
     * Whether this host can run it, and with which limits. Creates nothing, changes nothing and never throws for a host
     * that lacks something: that is a finding.
     */
    HostReport checkHost(ExtensionContext context);

    /**
     * Opens the backend with one credential. Does not contact it yet.
     *
     * @throws ExtensionException of kind {@code CREDENTIAL} when a field is missing or malformed
     */
    Backend open(ExtensionContext context, Credential credential);
}
