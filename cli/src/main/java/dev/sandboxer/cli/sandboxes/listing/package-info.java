/** The commands that list and show sandboxes. */
@NullMarked
package dev.sandboxer.cli.sandboxes.listing;

import org.jspecify.annotations.NullMarked;
