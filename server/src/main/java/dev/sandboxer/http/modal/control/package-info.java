/** Modal's control plane over our sandboxes: its calls, secrets, and the life of sandboxes. */
@NullMarked
package dev.sandboxer.http.modal.control;

import org.jspecify.annotations.NullMarked;
