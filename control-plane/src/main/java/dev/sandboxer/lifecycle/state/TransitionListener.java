package dev.sandboxer.lifecycle.state;

import org.jdbi.v3.core.Handle;

/** Writes what belongs to a transition, such as ledger entries or events, together with it. */
public interface TransitionListener {
    /**
     * Called in the transaction that writes the transition. What it throws undoes the transition and reaches whoever asked for
     * it. Calls nobody outside, and doesn't change the sandbox.
     */
    void inTransaction(Handle handle, Transition transition);
}
