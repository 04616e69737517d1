/**
 * Sandboxes on this machine: bubblewrap isolates them, and a small static agent is the first process of each.
 *
 * <p>{@link dev.sandboxer.local.LocalExtension} is the entry point. Each sandbox has a directory named after its tag. The directory holds
 * everything that is recorded about the sandbox, so any later process can use and end it.
 */
@NullMarked
package dev.sandboxer.local;

import org.jspecify.annotations.NullMarked;
