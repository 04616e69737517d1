/** The commands that change the state of sandboxes. Sub-packages hold those that create, list and use them. */
@NullMarked
package dev.sandboxer.cli.sandboxes;

import org.jspecify.annotations.NullMarked;
