/** Makes, lists and deletes snapshots of sandboxes. Their rows survive a crash. */
@NullMarked
package dev.sandboxer.lifecycle.snapshots;

import org.jspecify.annotations.NullMarked;
