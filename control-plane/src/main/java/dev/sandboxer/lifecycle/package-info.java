/** The sandbox aggregate: its state machine, the create saga, and repair after crashes. */
@NullMarked
package dev.sandboxer.lifecycle;

import org.jspecify.annotations.NullMarked;
