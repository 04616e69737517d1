package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import org.jdbi.v3.core.Handle;

/** Is told what belongs on the bill beside usage, in the transaction that writes it. */
public interface LedgerListener {
    /** Nobody is told. */
    LedgerListener NONE = new LedgerListener() {
        @Override
        public void granted(Handle handle, Grant grant) {
            // nobody wants to know
        }

        @Override
        public void corrected(Handle handle, LedgerTransaction correction, Money prepaid) {
            // nobody wants to know
        }

        @Override
        public void paid(Handle handle, LedgerTransaction transaction, Money amount) {
            // nobody wants to know
        }
    };

    /** Credits were given. */
    void granted(Handle handle, Grant grant);

    /**
     * What was captured was corrected.
     *
     * @param correction its amount is above zero when it gives back
     * @param prepaid how much of that came from grants, or became one; of the same sign
     */
    void corrected(Handle handle, LedgerTransaction correction, Money prepaid);

    /**
     * Use that was billed, since no credits were left for it, was paid from credits.
     *
     * @param transaction what brought the credits: a grant, a correction or a release
     * @param amount above zero
     */
    void paid(Handle handle, LedgerTransaction transaction, Money amount);
}
