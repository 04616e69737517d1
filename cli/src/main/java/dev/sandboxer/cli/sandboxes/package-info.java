/** Commands that make, use and end sandboxes. */
@NullMarked
package dev.sandboxer.cli.sandboxes;

import org.jspecify.annotations.NullMarked;
