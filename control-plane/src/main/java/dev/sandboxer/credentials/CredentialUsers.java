package dev.sandboxer.credentials;

import java.util.List;
import org.jdbi.v3.core.Handle;

/** The features whose rows refer to credentials. They can veto the removal of a credential. */
public interface CredentialUsers {
    /**
     * Releases a credential, unless something made with it still exists. Called in the transaction that removes it.
     *
     * @param lost true if the credential can't be decrypted any more: work that needs it is then abandoned
     * @return what still exists, such as {@code sandbox abc}; empty if the credential can be removed
     */
    List<String> release(Handle handle, CredentialId credential, boolean lost);
}
