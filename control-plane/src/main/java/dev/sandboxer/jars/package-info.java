/** Extensions of third parties: jars in {@code $SANDBOXER_HOME/extensions}, checked and loaded one by one. */
@NullMarked
package dev.sandboxer.jars;

import org.jspecify.annotations.NullMarked;
