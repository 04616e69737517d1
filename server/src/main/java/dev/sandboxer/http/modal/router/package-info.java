/** Modal's task command router: what its clients do inside a sandbox. */
@NullMarked
package dev.sandboxer.http.modal.router;

import org.jspecify.annotations.NullMarked;
