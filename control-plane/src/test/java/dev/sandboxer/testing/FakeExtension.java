package dev.sandboxer.testing;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.HostReport;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * An extension without isolation, costs or credentials, for tests of what stands above the contract.
 *
 * @param cloud what it reaches; shared by all that open it
 */
public record FakeExtension(ExtensionId id, Set<Capability> capabilities, FakeCloud cloud) implements Extension {
    public FakeExtension {
        capabilities = Set.copyOf(capabilities);
    }

    public static FakeExtension named(String name, InstantSource clock) {
        return new FakeExtension(
                new ExtensionId("ext." + name),
                EnumSet.of(
                        Capability.EXTEND,
                        Capability.SIZE,
                        Capability.NETWORK_DENY,
                        Capability.PAUSE,
                        Capability.SNAPSHOT),
                new FakeCloud(clock));
    }

    /** The same, on the same cloud, with other capabilities. */
    public FakeExtension with(Set<Capability> others) {
        return new FakeExtension(id, others, cloud);
    }

    @Override
    public String description() {
        return "in-memory sandboxes for tests";
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
    public Set<String> templates() {
        return Set.of("base");
    }

    @Override
    public HostReport checkHost(ExtensionContext context) {
        return new HostReport(List.of(HostReport.Finding.ok("fake", "runs anywhere")));
    }

    @Override
    public Backend open(ExtensionContext context, Credential credential) {
        return new FakeBackend(cloud, context);
    }
}
