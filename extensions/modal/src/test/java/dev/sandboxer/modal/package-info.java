/** Tests of the Modal adapter against a scripted server in the same process. */
@NullMarked
package dev.sandboxer.modal;

import org.jspecify.annotations.NullMarked;
