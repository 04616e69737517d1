/** Work in a sandbox against a scripted daemon. */
@NullMarked
package dev.sandboxer.e2b.envd;

import org.jspecify.annotations.NullMarked;
