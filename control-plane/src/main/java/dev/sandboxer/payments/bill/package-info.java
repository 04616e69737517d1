/** The bill: one line for each sandbox, UTC hour and meter, in the columns of FOCUS. */
@NullMarked
package dev.sandboxer.payments.bill;

import org.jspecify.annotations.NullMarked;
