package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.ledger.CreditAccount.Part;
import dev.sandboxer.payments.ledger.CreditAccount.Purse;
import org.jspecify.annotations.Nullable;

/**
 * What one source has put into a hold and is still there.
 *
 * @param from the grant, with what is left in it; null = beyond all grants
 */
record HeldPart(long remaining, @Nullable Purse from) {
    String source() {
        return from == null ? CreditAccount.CREDIT : from.grant();
    }

    Part part(long nanos) {
        return new Part(source(), nanos);
    }
}
