/**
 * The ledger: credits of consumers, in double entry. Grants give credits, holds set them aside for a sandbox, captures take them for use,
 * and releases give the rest of a hold back. Start reading at {@link dev.sandboxer.payments.ledger.Ledger}.
 */
@NullMarked
package dev.sandboxer.payments.ledger;

import org.jspecify.annotations.NullMarked;
