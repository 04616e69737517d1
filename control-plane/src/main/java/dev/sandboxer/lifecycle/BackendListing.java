package dev.sandboxer.lifecycle;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.routing.Backends;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists the sandboxes of this installation as the backends report them, independent of the database. Thread-safe. */
public final class BackendListing {
    private final Backends backends;

    BackendListing(Backends backends) {
        this.backends = backends;
    }

    /**
     * A sandbox as its backend reports it.
     *
     * @param credential the account that was listed; null where none is needed
     */
    public record Entry(@Nullable CredentialId credential, BackendSandbox sandbox) {}

    /**
     * Lists the sandboxes in all accounts of an extension. Changes nothing.
     *
     * @throws SandboxException {@code CREDENTIAL_REFUSED} or {@code BACKEND_FAILED} when one account can't be listed: a partial list
     *     would look complete
     */
    public List<Entry> of(Extension extension) {
        var entries = new ArrayList<Entry>();
        for (CredentialId credential : backends.accounts(extension)) {
            try {
                for (BackendSandbox found :
                        backends.of(extension.id(), credential).list()) {
                    entries.add(new Entry(credential, found));
                }
            } catch (ExtensionException e) {
                throw Backends.failure(extension.id(), credential, e);
            }
        }
        return entries;
    }
}
