/** Fakes that behave, a clock that can be set, and installations that can be crashed at any point. */
@NullMarked
package dev.sandboxer.testing;

import org.jspecify.annotations.NullMarked;
