package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.Money;
import org.jdbi.v3.core.Handle;

/** Receives the ledger's changes that belong on the bill, apart from usage. Each method runs in the transaction that writes the change. */
public interface LedgerListener {
    /** Ignores everything. */
    LedgerListener NONE = new LedgerListener() {
        @Override
        public void granted(Handle handle, Grant grant) {
            // ignored
        }

        @Override
        public void corrected(Handle handle, LedgerTransaction correction, Money prepaid) {
            // ignored
        }

        @Override
        public void paid(Handle handle, LedgerTransaction transaction, Money amount) {
            // ignored
        }
    };

    /** Called when credits were given. */
    void granted(Handle handle, Grant grant);

    /**
     * Called when captured use was corrected.
     *
     * @param correction its amount is above zero if credits are given back
     * @param prepaid the part that was taken from grants, or given back as a grant; it has the sign of the amount
     */
    void corrected(Handle handle, LedgerTransaction correction, Money prepaid);

    /**
     * Called when credits have paid for use that exceeded all grants, and so was billed before.
     *
     * @param transaction the source of the credits: a grant, a correction or a release
     * @param amount above zero
     */
    void paid(Handle handle, LedgerTransaction transaction, Money amount);
}
