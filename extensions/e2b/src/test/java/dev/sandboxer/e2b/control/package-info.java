/** Tests of the control plane's client against scripted answers. */
@NullMarked
package dev.sandboxer.e2b.control;

import org.jspecify.annotations.NullMarked;
