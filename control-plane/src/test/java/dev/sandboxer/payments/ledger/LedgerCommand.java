package dev.sandboxer.payments.ledger;

import dev.sandboxer.store.Database;
import org.jdbi.v3.core.Handle;

/** A command of a {@link LedgerHistory}, which may be given to any server and more than once. */
interface LedgerCommand {
    void on(Ledger ledger, Database database);

    /** The part of a command that runs in a transaction. */
    interface Part {
        void on(Handle handle, Ledger ledger);
    }

    static LedgerCommand inTransaction(Part part) {
        return (ledger, database) -> database.write(handle -> part.on(handle, ledger));
    }
}
