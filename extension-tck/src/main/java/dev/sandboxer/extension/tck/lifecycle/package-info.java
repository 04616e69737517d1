/** Contracts about the life cycle of a sandbox: creation, deadlines, pauses, snapshots, sizes, metrics and variables. */
@NullMarked
package dev.sandboxer.extension.tck.lifecycle;

import org.jspecify.annotations.NullMarked;
