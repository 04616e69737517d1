/**
 * Charges sandboxes: {@link dev.sandboxer.charging.Charging} listens to their transitions, holds and releases credits, and drives the
 * meters.
 */
@NullMarked
package dev.sandboxer.charging;

import org.jspecify.annotations.NullMarked;
