/** Modal's control plane: its calls, secrets, and the creation, listing and end of sandboxes. */
@NullMarked
package dev.sandboxer.http.modal.control;

import org.jspecify.annotations.NullMarked;
