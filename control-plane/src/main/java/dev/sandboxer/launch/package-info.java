/** Start commands of sandboxes, and the checks that tell when a sandbox is ready. */
@NullMarked
package dev.sandboxer.launch;

import org.jspecify.annotations.NullMarked;
