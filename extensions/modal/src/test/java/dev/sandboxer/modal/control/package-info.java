@NullMarked
package dev.sandboxer.modal.control;

import org.jspecify.annotations.NullMarked;
