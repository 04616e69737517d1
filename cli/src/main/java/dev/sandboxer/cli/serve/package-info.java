/** Commands that serve HTTP until a signal ends them. */
@NullMarked
package dev.sandboxer.cli.serve;

import org.jspecify.annotations.NullMarked;
