/** Snapshots of sandboxes: made, listed and deleted, with the rows that outlive a crash. */
@NullMarked
package dev.sandboxer.lifecycle.snapshots;

import org.jspecify.annotations.NullMarked;
