/** The adapter against a scripted Modal in the same process. */
@NullMarked
package dev.sandboxer.modal;

import org.jspecify.annotations.NullMarked;
