/**
 * Sandboxes on this machine: bubblewrap isolates them, and a small static agent is the first process of each.
 *
 * <p>{@link dev.sandboxer.local.LocalExtension} is the entrance. A sandbox is a directory below the extension's own, named by
 * its tag; all that is known of it is stored there, so that any later process can use and end it.
 */
@NullMarked
package dev.sandboxer.local;

import org.jspecify.annotations.NullMarked;
