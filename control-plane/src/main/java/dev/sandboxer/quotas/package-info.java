/** How much of what a consumer may use it uses, and what stops it from using more: {@link dev.sandboxer.quotas.Quotas}. */
@NullMarked
package dev.sandboxer.quotas;

import org.jspecify.annotations.NullMarked;
