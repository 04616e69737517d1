package dev.sandboxer.testing;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.HostReport;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * An extension without isolation, for tests of the code above the extension contract.
 *
 * @param credentialFields empty = no credential is needed
 * @param cloud runs the sandboxes; all backends share it
 */
public record FakeExtension(
        ExtensionId id, Set<Capability> capabilities, List<CredentialField> credentialFields, FakeCloud cloud)
        implements Extension {
    /** The form of a key. */
    private static final Pattern KEY = Pattern.compile("key_[0-9a-zA-Z]{8,}");

    public FakeExtension {
        capabilities = Set.copyOf(capabilities);
        credentialFields = List.copyOf(credentialFields);
    }

    public static FakeExtension named(String name, InstantSource clock) {
        return new FakeExtension(
                new ExtensionId("ext." + name),
                EnumSet.of(
                        Capability.EXTEND,
                        Capability.SIZE,
                        Capability.NETWORK_DENY,
                        Capability.PAUSE,
                        Capability.SNAPSHOT,
                        Capability.VARIABLES),
                List.of(),
                new FakeCloud(clock));
    }

    /** Returns an extension that needs a key. The platform's key is in the variable NAME_KEY. */
    public static FakeExtension keyed(String name, InstantSource clock) {
        var plain = named(name, clock);
        return new FakeExtension(
                plain.id,
                plain.capabilities,
                List.of(
                        new CredentialField("key", "its key", true, true, name.toUpperCase(Locale.ROOT) + "_KEY"),
                        new CredentialField(
                                "url", "where it is", false, false, name.toUpperCase(Locale.ROOT) + "_URL")),
                plain.cloud);
    }

    /** Returns this extension with other capabilities, on the same cloud. */
    public FakeExtension with(Set<Capability> others) {
        return new FakeExtension(id, others, credentialFields, cloud);
    }

    @Override
    public String description() {
        return "in-memory sandboxes for tests";
    }

    @Override
    public boolean metered() {
        return !credentialFields.isEmpty();
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
        var key = credential.fields().get("key");
        if (!credentialFields.isEmpty() && (key == null || !KEY.matcher(key).matches())) {
            throw ExtensionException.notApplied(ExtensionException.Kind.CREDENTIAL, "the key is no key_ and letters");
        }
        return new FakeBackend(this, context, key);
    }
}
