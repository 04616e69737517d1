/** The operations on sandboxes: create, extend, pause, end, snapshot, and repair after crashes. */
@NullMarked
package dev.sandboxer.lifecycle;

import org.jspecify.annotations.NullMarked;
