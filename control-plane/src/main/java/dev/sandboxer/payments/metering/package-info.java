/**
 * Metering: the use of sandboxes is measured in windows, priced by their tariffs, captured from their holds, and summed up to lines of the
 * bill. Start reading at {@link dev.sandboxer.payments.metering.Metering}.
 */
@NullMarked
package dev.sandboxer.payments.metering;

import org.jspecify.annotations.NullMarked;
