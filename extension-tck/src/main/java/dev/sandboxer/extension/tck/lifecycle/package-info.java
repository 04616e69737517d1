/** Contracts about a sandbox's life: creation, deadlines, pauses, snapshots, sizes, metrics and variables. */
@NullMarked
package dev.sandboxer.extension.tck.lifecycle;

import org.jspecify.annotations.NullMarked;
