/** Modal's control plane over our sandboxes: apps, images, secrets, and the life of sandboxes. */
@NullMarked
package dev.sandboxer.http.modal.control;

import org.jspecify.annotations.NullMarked;
