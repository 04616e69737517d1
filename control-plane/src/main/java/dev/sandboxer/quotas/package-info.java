/** Enforces the limits of consumers: {@link dev.sandboxer.quotas.Quotas}. */
@NullMarked
package dev.sandboxer.quotas;

import org.jspecify.annotations.NullMarked;
