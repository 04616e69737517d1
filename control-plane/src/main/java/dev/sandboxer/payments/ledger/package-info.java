/**
 * Credits: a double-entry ledger per consumer. Grants are given, holds set some aside, captures take it, releases give the rest
 * back. {@link dev.sandboxer.payments.ledger.Ledger} is the entrance.
 */
@NullMarked
package dev.sandboxer.payments.ledger;

import org.jspecify.annotations.NullMarked;
