package dev.sandboxer.jars;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.HostReport;
import dev.sandboxer.extension.HostReport.Finding;
import dev.sandboxer.extension.Support;
import dev.sandboxer.extension.spec.Enforcement;
import dev.sandboxer.extension.spec.NetworkRuleKind;
import dev.sandboxer.extension.spec.SandboxSpec;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Wraps a third party's extension. Reads its description once, in the constructor. Converts exceptions that the contract does not allow, so
 * that a defect does not affect other extensions.
 */
final class GuardedExtension implements Extension {
    private final Extension extension;
    private final ExtensionId id;
    private final String description;
    private final boolean metered;
    private final boolean hostBound;
    private final Set<Capability> capabilities;
    private final List<CredentialField> credentialFields;
    private final Set<String> templates;
    private final Map<NetworkRuleKind, Enforcement> networkEnforcement;

    /** Throws whatever the extension throws, and a NullPointerException if a part of its description is null. */
    GuardedExtension(Extension extension) {
        this.extension = extension;
        this.id = Objects.requireNonNull(extension.id(), "id() is null");
        this.description = Objects.requireNonNull(extension.description(), "description() is null");
        this.metered = extension.metered();
        this.hostBound = extension.hostBound();
        this.capabilities = Set.copyOf(extension.capabilities());
        this.credentialFields = List.copyOf(extension.credentialFields());
        this.templates = Set.copyOf(extension.templates());
        this.networkEnforcement = Map.copyOf(extension.networkEnforcement());
    }

    @Override
    public ExtensionId id() {
        return id;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public boolean metered() {
        return metered;
    }

    @Override
    public boolean hostBound() {
        return hostBound;
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public String whyLacking(Capability capability) {
        try {
            return Objects.requireNonNull(extension.whyLacking(capability), "whyLacking() is null");
        } catch (RuntimeException | LinkageError e) {
            return "its whyLacking() failed: " + e;
        }
    }

    @Override
    public List<CredentialField> credentialFields() {
        return credentialFields;
    }

    @Override
    public Set<String> templates() {
        return templates;
    }

    @Override
    public Map<NetworkRuleKind, Enforcement> networkEnforcement() {
        return networkEnforcement;
    }

    @Override
    public Support supports(SandboxSpec spec) {
        try {
            return Objects.requireNonNull(extension.supports(spec), "supports() is null");
        } catch (RuntimeException | LinkageError e) {
            return new Support.Unsupported("its check of the request failed: " + e);
        }
    }

    @Override
    public HostReport checkHost(ExtensionContext context) {
        try {
            return Objects.requireNonNull(extension.checkHost(context), "checkHost() is null");
        } catch (RuntimeException | LinkageError e) {
            return new HostReport(List.of(Finding.missing(
                    "check", "its check of this host failed: " + e, "report it to the author of the extension")));
        }
    }

    @Override
    public Backend open(ExtensionContext context, Credential credential) {
        try {
            return GuardedBackend.of(Objects.requireNonNull(extension.open(context, credential), "open() is null"));
        } catch (ExtensionException e) {
            throw e;
        } catch (RuntimeException | LinkageError e) {
            throw new ExtensionException(
                    Kind.INTERNAL,
                    ExtensionException.Effect.NOT_APPLIED,
                    null,
                    GuardedBackend.defect(id.value(), e),
                    e);
        }
    }
}
