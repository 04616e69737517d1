/** Sends transitions of sandboxes to the State Hub: {@link dev.sandboxer.events.LifecycleEvents}. */
@NullMarked
package dev.sandboxer.events;

import org.jspecify.annotations.NullMarked;
