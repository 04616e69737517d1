/** Money. */
@NullMarked
package dev.sandboxer.payments;

import org.jspecify.annotations.NullMarked;
