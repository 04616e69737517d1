/** Files as Modal's clients before 0.8.0 work on them: opened, read and written in pieces, closed. */
@NullMarked
package dev.sandboxer.http.modal.router.legacy;

import org.jspecify.annotations.NullMarked;
