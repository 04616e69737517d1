/** Amounts of money. The sub-packages hold price lists, the ledger, metering and the bill. */
@NullMarked
package dev.sandboxer.payments;

import org.jspecify.annotations.NullMarked;
