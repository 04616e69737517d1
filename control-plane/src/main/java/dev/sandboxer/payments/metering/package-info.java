/**
 * What sandboxes use: measured in windows, priced by their tariffs, captured from their holds, and summed up to lines of the
 * bill. {@link dev.sandboxer.payments.metering.Metering} is the entrance.
 */
@NullMarked
package dev.sandboxer.payments.metering;

import org.jspecify.annotations.NullMarked;
