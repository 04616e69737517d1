/** Modal's control plane: the account, images, and the life of sandboxes. */
@NullMarked
package dev.sandboxer.modal.control;

import org.jspecify.annotations.NullMarked;
