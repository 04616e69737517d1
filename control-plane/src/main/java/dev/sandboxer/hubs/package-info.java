/**
 * The outbox and its deliveries. {@link dev.sandboxer.hubs.Outbox} writes events in the transaction that causes them; {@link
 * dev.sandboxer.hubs.Deliveries} sends them to the organisation's hubs, at least once and in order.
 */
@NullMarked
package dev.sandboxer.hubs;

import org.jspecify.annotations.NullMarked;
