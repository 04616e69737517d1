package dev.sandboxer.extension;

import java.util.List;
import java.util.Set;

/** An extension with the given capabilities and templates that overrides no default method. */
record PlainExtension(Set<Capability> capabilities, Set<String> templates) implements Extension {
    static PlainExtension with(Capability... capabilities) {
        return new PlainExtension(Set.of(capabilities), Set.of());
    }

    @Override
    public ExtensionId id() {
        return new ExtensionId("ext.plain");
    }

    @Override
    public String description() {
        return "for tests";
    }

    @Override
    public boolean metered() {
        return false;
    }

    @Override
    public List<CredentialField> credentialFields() {
        return List.of();
    }

    @Override
    public HostReport checkHost(ExtensionContext context) {
        return new HostReport(List.of());
    }

    @Override
    public Backend open(ExtensionContext context, Credential credential) {
        throw new UnsupportedOperationException();
    }
}
