/** Tells the State Hub what becomes of sandboxes: {@link dev.sandboxer.events.LifecycleEvents}. */
@NullMarked
package dev.sandboxer.events;

import org.jspecify.annotations.NullMarked;
