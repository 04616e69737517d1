/** Hides secrets in texts that a backend returns. */
@NullMarked
package dev.sandboxer.extension.support.redaction;

import org.jspecify.annotations.NullMarked;
