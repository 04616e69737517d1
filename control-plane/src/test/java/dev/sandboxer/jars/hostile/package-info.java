/** Jars that nobody should have put there. */
@NullMarked
package dev.sandboxer.jars.hostile;

import org.jspecify.annotations.NullMarked;
