package dev.sandboxer.routing;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.HostReport;
import java.util.List;
import java.util.Set;

/** An extension as a third party's jar may contain it. */
public final class JarredExtension implements Extension {
    @Override
    public ExtensionId id() {
        return new ExtensionId("ext.jarred");
    }

    @Override
    public String description() {
        return "from a jar";
    }

    @Override
    public boolean metered() {
        return false;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of();
    }

    @Override
    public List<CredentialField> credentialFields() {
        return List.of();
    }

    @Override
    public Set<String> templates() {
        return Set.of();
    }

    @Override
    public HostReport checkHost(ExtensionContext context) {
        return new HostReport(List.of());
    }

    @Override
    public Backend open(ExtensionContext context, Credential credential) {
        throw new UnsupportedOperationException("never opened");
    }
}
