/** Snapshots of sandboxes' directories, as Modal's clients take and mount them. */
@NullMarked
package dev.sandboxer.http.modal.router.snapshot;

import org.jspecify.annotations.NullMarked;
