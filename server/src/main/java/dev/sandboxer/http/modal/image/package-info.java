/** Images of Modal's API: what is asked for, what stands for it here, and the names that clients gave. */
@NullMarked
package dev.sandboxer.http.modal.image;

import org.jspecify.annotations.NullMarked;
