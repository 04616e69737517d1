/** Broken and defective jars. */
@NullMarked
package dev.sandboxer.jars.hostile;

import org.jspecify.annotations.NullMarked;
