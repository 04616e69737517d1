/** Images of Modal's API: their definitions, what sandboxes of them start from, and their published names. */
@NullMarked
package dev.sandboxer.http.modal.image;

import org.jspecify.annotations.NullMarked;
