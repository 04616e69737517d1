/** Commands on what consumers may spend and have spent. */
@NullMarked
package dev.sandboxer.cli.credits;

import org.jspecify.annotations.NullMarked;
