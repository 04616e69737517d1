package dev.sandboxer.testing;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.HostReport;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * An extension whose sandboxes are folders, which several processes can share.
 *
 * @param folder contains the sandboxes
 */
public record FolderExtension(Path folder) implements Extension {
    public static final ExtensionId ID = new ExtensionId("ext.folder");

    @Override
    public ExtensionId id() {
        return ID;
    }

    @Override
    public String description() {
        return "folders as sandboxes, for tests";
    }

    @Override
    public boolean metered() {
        return false;
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(Capability.EXTEND, Capability.SIZE, Capability.NETWORK_DENY, Capability.PAUSE);
    }

    @Override
    public List<CredentialField> credentialFields() {
        return List.of();
    }

    @Override
    public Set<String> templates() {
        return Set.of("base");
    }

    @Override
    public HostReport checkHost(ExtensionContext context) {
        return new HostReport(List.of(HostReport.Finding.ok("folder", "works anywhere")));
    }

    @Override
    public Backend open(ExtensionContext context, Credential credential) {
        return new FolderBackend(folder);
    }
}
