/** Commands on usage, and on the delivery of billing events. */
@NullMarked
package dev.sandboxer.cli.billing;

import org.jspecify.annotations.NullMarked;
