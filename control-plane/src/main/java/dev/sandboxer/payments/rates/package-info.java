/** Price lists: dated rate cards for each extension, and the tariff that is frozen for each sandbox. */
@NullMarked
package dev.sandboxer.payments.rates;

import org.jspecify.annotations.NullMarked;
