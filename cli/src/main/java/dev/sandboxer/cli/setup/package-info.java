/** What can be made, where, and whether this host and its configuration are fit for it. */
@NullMarked
package dev.sandboxer.cli.setup;

import org.jspecify.annotations.NullMarked;
