/** Modal's apps and environments, which group sandboxes, and the rules for names. */
@NullMarked
package dev.sandboxer.http.modal.app;

import org.jspecify.annotations.NullMarked;
