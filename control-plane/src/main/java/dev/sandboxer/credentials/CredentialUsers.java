package dev.sandboxer.credentials;

import java.util.List;
import org.jdbi.v3.core.Handle;

/** The features whose rows name credentials. Asked before a credential is removed. */
public interface CredentialUsers {
    /**
     * Lets go of a credential, unless something that was made with it is still there. Called in the transaction that removes it.
     *
     * @param useless whether its backend refuses it: what can be done with it alone is then given up
     * @return what is still there, such as {@code sandbox abc}; empty when the credential may go
     */
    List<String> release(Handle handle, CredentialId credential, boolean useless);
}
