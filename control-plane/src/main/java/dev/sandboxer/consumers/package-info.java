/** Who asks: API keys and whose they are. */
@NullMarked
package dev.sandboxer.consumers;

import org.jspecify.annotations.NullMarked;
