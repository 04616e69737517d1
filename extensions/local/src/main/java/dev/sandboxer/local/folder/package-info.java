/**
 * The stored state of each sandbox: a directory with its request and its first process, and the lock for changing it.
 */
@NullMarked
package dev.sandboxer.local.folder;

import org.jspecify.annotations.NullMarked;
