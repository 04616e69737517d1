@NullMarked
package dev.sandboxer.modal.router;

import org.jspecify.annotations.NullMarked;
