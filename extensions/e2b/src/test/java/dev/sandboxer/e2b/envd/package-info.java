/** Tests of sessions against a scripted daemon. */
@NullMarked
package dev.sandboxer.e2b.envd;

import org.jspecify.annotations.NullMarked;
