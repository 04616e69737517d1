/** The images of Modal's API: their definitions, their sources and their published names. */
@NullMarked
package dev.sandboxer.http.modal.image;

import org.jspecify.annotations.NullMarked;
