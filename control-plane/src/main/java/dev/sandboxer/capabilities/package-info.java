/** What this system can do: the capability registry, {@code registry/capabilities.yaml}. */
@NullMarked
package dev.sandboxer.capabilities;

import org.jspecify.annotations.NullMarked;
