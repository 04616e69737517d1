/** Commands in sandboxes. Their output is kept, so that clients may read it late, again, and from any byte. */
@NullMarked
package dev.sandboxer.http.modal.router.exec;

import org.jspecify.annotations.NullMarked;
