/** The bill: one line for each sandbox, meter and UTC hour, written in the columns of FOCUS. */
@NullMarked
package dev.sandboxer.payments.bill;

import org.jspecify.annotations.NullMarked;
