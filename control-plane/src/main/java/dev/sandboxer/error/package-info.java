/** The failures of sand-boxer: {@link dev.sandboxer.error.SandboxException} with an {@link dev.sandboxer.error.ErrorCode}. */
@NullMarked
package dev.sandboxer.error;

import org.jspecify.annotations.NullMarked;
