package dev.sandboxer.lifecycle.state;

import org.jdbi.v3.core.Handle;

/** Writes further rows for a transition, such as ledger entries or events, in the same transaction. */
public interface TransitionListener {
    /**
     * Called in the transaction that writes the transition. An exception undoes the transition and reaches its caller. An implementation
     * makes no remote call and doesn't change the sandbox.
     */
    void inTransaction(Handle handle, Transition transition);
}
