/** Kept disks and directories of sandboxes, as Modal's clients ask for them. */
@NullMarked
package dev.sandboxer.http.modal.router.snapshot;

import org.jspecify.annotations.NullMarked;
