/** Work inside a sandbox, through Modal's task command router. */
@NullMarked
package dev.sandboxer.modal.router;

import org.jspecify.annotations.NullMarked;
