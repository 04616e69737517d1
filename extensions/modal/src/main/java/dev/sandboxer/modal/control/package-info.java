/** Client of Modal's control plane: accounts, images, and the creation and end of sandboxes. */
@NullMarked
package dev.sandboxer.modal.control;

import org.jspecify.annotations.NullMarked;
