/** Work inside a sandbox, over the task command router that serves it. */
@NullMarked
package dev.sandboxer.modal.router;

import org.jspecify.annotations.NullMarked;
