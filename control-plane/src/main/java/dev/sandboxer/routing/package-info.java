/** The installed extensions, and the decision which of them takes a sandbox. Start at {@link dev.sandboxer.routing.Router}. */
@NullMarked
package dev.sandboxer.routing;

import org.jspecify.annotations.NullMarked;
