package dev.sandboxer.modal;

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
import dev.sandboxer.modal.control.AccountState;
import dev.sandboxer.modal.control.ModalAccount;
import dev.sandboxer.modal.rpc.Timeouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** {@code ext.modal}: sandboxes in a Modal account. Loads gRPC only when a backend is opened. */
public final class ModalExtension implements Extension {
    private static final ExtensionId ID = new ExtensionId("ext.modal");

    /** State by account and installation, shared by all their backend objects. */
    private final Map<String, AccountState> states = new ConcurrentHashMap<>();

    private final Timeouts timeouts;
    private final @Nullable String user;

    public ModalExtension() {
        this(Timeouts.DEFAULT, null);
    }

    /** @param user the user that commands run as; null = root, as at Modal */
    ModalExtension(Timeouts timeouts, @Nullable String user) {
        this.timeouts = timeouts;
        this.user = user;
    }

    @Override
    public ExtensionId id() {
        return ID;
    }

    @Override
    public String description() {
        return "sandboxes in a Modal account, also with GPUs (cloud, billed by Modal)";
    }

    @Override
    public boolean metered() {
        return true;
    }

    /** Leaves out {@code EXTEND}, because Modal fixes the deadline at creation. */
    @Override
    public Set<Capability> capabilities() {
        return Set.of(
                Capability.PTY,
                Capability.STDIN,
                Capability.PORTS,
                Capability.IDLE_TIMEOUT,
                Capability.SIZE,
                Capability.GPU,
                Capability.IMAGE,
                Capability.REGION,
                Capability.ROOT,
                Capability.NETWORK_DENY,
                Capability.NETWORK_ALLOW,
                Capability.ACCOUNTING,
                Capability.SNAPSHOT);
    }

    @Override
    public Map<NetworkRuleKind, Enforcement> networkEnforcement() {
        return Map.of(
                NetworkRuleKind.ALL, Enforcement.ADDRESS,
                NetworkRuleKind.CIDR, Enforcement.ADDRESS,
                NetworkRuleKind.DOMAIN, Enforcement.SNI);
    }

    @Override
    public List<CredentialField> credentialFields() {
        return ModalAccount.FIELDS;
    }

    @Override
    public Set<String> templates() {
        return Set.of(); // each account has images of its own
    }

    @Override
    public Support supports(SandboxSpec spec) {
        return Extension.super.supports(spec) instanceof Support.Unsupported no ? no : ModalSupport.of(spec);
    }

    @Override
    public HostReport checkHost(ExtensionContext context) {
        return new HostReport(List.of(Finding.ok("Modal", "runs in the cloud; this host needs only HTTPS to it")));
    }

    @Override
    public Backend open(ExtensionContext context, Credential credential) {
        var account = ModalAccount.of(credential);
        makeDirectory(context.directory());
        var state = states.computeIfAbsent(
                account.identity() + " " + context.installation(), _ -> new AccountState(context.clock()));
        return new ModalBackend(this, context, account, state, timeouts, user);
    }

    /** Makes the extension's directory. In a home that has it, commands start with gRPC on their class path. */
    private static void makeDirectory(Path directory) {
        try {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw ExtensionException.notApplied(Kind.INTERNAL, "can't make " + directory + ": " + e);
        }
    }
}
