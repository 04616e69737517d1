/** Which extensions there are, who could take a sandbox, and why. */
@NullMarked
package dev.sandboxer.routing;

import org.jspecify.annotations.NullMarked;
