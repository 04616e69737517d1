/** What sandboxes cost: dated price lists for each extension. */
@NullMarked
package dev.sandboxer.payments.rates;

import org.jspecify.annotations.NullMarked;
