package com.example.httpbox;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.HostReport;
import dev.sandboxer.extension.HostReport.Finding;
import java.util.List;
import java.util.Set;

/** Describes the backend to sandboxer and opens it. */
public final class HttpBoxExtension implements Extension {
    static final String TEMPLATE = "base";

    @Override
    public ExtensionId id() {
        return new ExtensionId("ext.http-box");
    }

    @Override
    public String description() {
        return "boxes of a small HTTP service (example without reliable isolation)";
    }

    @Override
    public boolean metered() {
        return false;
    }

    /**
     * Returns the capabilities. Without {@code SIZE}, since the service enforces no limits, and without {@code NETWORK_ALLOW}, since a box
     * has only loopback. extension-support implements {@code PORTS}.
     */
    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.STDIN, Capability.PORTS, Capability.EXTEND, Capability.ROOT, Capability.NETWORK_DENY);
    }

    @Override
    public List<CredentialField> credentialFields() {
        return List.of(Account.TOKEN, Account.URL);
    }

    @Override
    public Set<String> templates() {
        return Set.of(TEMPLATE);
    }

    @Override
    public HostReport checkHost(ExtensionContext context) {
        return new HostReport(List.of(Finding.ok("service", "called over HTTP; this host needs nothing else")));
    }

    @Override
    public Backend open(ExtensionContext context, Credential credential) {
        return new HttpBoxBackend(this, context, new BoxClient(Account.of(credential)));
    }
}
