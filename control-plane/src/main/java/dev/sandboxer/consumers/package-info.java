/** Consumers with their API keys and limits. Start at {@link dev.sandboxer.consumers.Consumers}. */
@NullMarked
package dev.sandboxer.consumers;

import org.jspecify.annotations.NullMarked;
