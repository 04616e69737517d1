/** Commands about what was used, and about the bill on its way. */
@NullMarked
package dev.sandboxer.cli.billing;

import org.jspecify.annotations.NullMarked;
