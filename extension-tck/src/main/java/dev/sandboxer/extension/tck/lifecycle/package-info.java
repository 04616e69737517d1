/** Contracts about a sandbox's life: creation, deadlines, pauses, snapshots, sizes and what it tells of itself. */
@NullMarked
package dev.sandboxer.extension.tck.lifecycle;

import org.jspecify.annotations.NullMarked;
