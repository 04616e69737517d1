package dev.sandboxer.payments.ledger;

import dev.sandboxer.payments.ledger.CreditAccount.GrantBalance;
import dev.sandboxer.payments.ledger.CreditAccount.Part;
import org.jspecify.annotations.Nullable;

/**
 * The part of a hold that came from one source.
 *
 * @param remaining in nano-units
 * @param from the grant; null = beyond all grants
 */
record HeldPart(long remaining, @Nullable GrantBalance from) {
    String source() {
        return from == null ? CreditAccount.CREDIT : from.id();
    }

    Part part() {
        return new Part(source(), remaining);
    }
}
