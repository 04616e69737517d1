/** Working fakes, a clock that can be set, and installations whose processes can be killed at any point. */
@NullMarked
package dev.sandboxer.testing;

import org.jspecify.annotations.NullMarked;
