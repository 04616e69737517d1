/** File access for Modal's clients before 0.8.0, which open a file, read and write it in pieces, and close it. */
@NullMarked
package dev.sandboxer.http.modal.router.legacy;

import org.jspecify.annotations.NullMarked;
