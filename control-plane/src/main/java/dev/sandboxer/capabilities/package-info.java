/** The registry of what this system can do, {@code registry/capabilities.yaml}. */
@NullMarked
package dev.sandboxer.capabilities;

import org.jspecify.annotations.NullMarked;
