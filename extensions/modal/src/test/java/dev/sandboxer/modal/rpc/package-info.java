@NullMarked
package dev.sandboxer.modal.rpc;

import org.jspecify.annotations.NullMarked;
