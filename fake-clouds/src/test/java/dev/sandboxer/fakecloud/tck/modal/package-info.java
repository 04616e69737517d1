/** The test kit and fault tests for {@code ext.modal} against our own server in the role of Modal. */
@NullMarked
package dev.sandboxer.fakecloud.tck.modal;

import org.jspecify.annotations.NullMarked;
