package dev.sandboxer.extension;

import dev.sandboxer.extension.spec.Enforcement;
import dev.sandboxer.extension.spec.NetworkRuleKind;
import dev.sandboxer.extension.spec.SandboxSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An adapter for one kind of backend. {@link java.util.ServiceLoader} loads it through a public constructor without arguments, which must
 * be fast and must not fail.
 *
 * <p>The methods that describe the extension, {@link #id} to {@link #supports}, make no network call and return the same value for the
 * lifetime of the process.
 */
public interface Extension {
    /** {@return the id, which never changes: credentials, profiles and sandboxes refer to it} */
    ExtensionId id();

    /**
     * Describes the extension to people, such as "Linux sandboxes on this machine".
     *
     * @return one line, never blank
     */
    String description();

    /**
     * Returns true if the backend's provider bills for its use.
     *
     * @return true if use costs money
     */
    boolean metered();

    /**
     * Returns true if a sandbox can be reached only from the host that created it. With several servers, the one on that host then handles
     * every call to the sandbox.
     *
     * @return true if only the creating host can reach a sandbox
     */
    default boolean hostBound() {
        return false;
    }

    /**
     * Returns the optional features of the backend. They must match the interfaces that its {@link Backend} implements; the test kit checks
     * this.
     *
     * @return the declared capabilities, never null
     */
    Set<Capability> capabilities();

    /**
     * Returns why the extension lacks a capability on this host, and what to do about it, such as "nft is not installed; apt-get
     * install nftables".
     *
     * @param capability a capability that {@link #capabilities()} does not contain
     * @return a sentence fragment; empty (the default) if there is no particular reason
     */
    default String whyLacking(Capability capability) {
        return "";
    }

    /**
     * Returns the fields of a credential for this extension; empty when it needs no credential.
     *
     * @return the fields, with distinct names
     */
    List<CredentialField> credentialFields();

    /**
     * Returns the templates that a profile may name, without snapshots; empty when only the backend knows the templates.
     *
     * @return names in the backend's own terms
     */
    Set<String> templates();

    /**
     * Returns how strictly the backend enforces each kind of network rule. By default {@link Capability#NETWORK_DENY} means that
     * {@link NetworkRuleKind#ALL} is enforced by {@link Enforcement#ADDRESS}; no other kind is enforced.
     *
     * @return enforcement by kind; an absent kind means {@link Enforcement#NONE}
     */
    default Map<NetworkRuleKind, Enforcement> networkEnforcement() {
        return new DeclaredSupport(this).networkEnforcement();
    }

    /**
     * Decides, without a network call, whether the backend can honour every part of a spec. No part may be dropped silently, except CPU,
     * memory and disk by a backend without {@link Capability#SIZE}. {@link Backend#create} refuses every spec that this method refuses,
     * with kind {@code UNSUPPORTED} and effect {@code NOT_APPLIED}.
     *
     * <p>The default decides by the capabilities, {@link #templates()} and {@link #networkEnforcement()}. An extension that knows more,
     * such as its regions or GPU types, overrides this method and calls the default first.
     *
     * @param spec the spec to check
     * @return supported, or the reason why not
     */
    default Support supports(SandboxSpec spec) {
        return new DeclaredSupport(this).of(spec);
    }

    /**
     * Checks whether this host can run the extension, and with which limits. Creates and changes nothing. Reports what the host lacks
     * instead of throwing.
     *
     * @param context the installation, the extension's directory and the clock
     * @return the findings, in the order in which people should read them
     */
    HostReport checkHost(ExtensionContext context);

    /**
     * Opens the backend with one credential. Doesn't contact the backend yet.
     *
     * @param context the installation, the extension's directory and the clock
     * @param credential may lack fields and may contain unknown ones
     * @return the backend, which the caller closes
     * @throws ExtensionException of kind {@code CREDENTIAL} when a field is missing or malformed
     */
    Backend open(ExtensionContext context, Credential credential);
}
