@NullMarked
package dev.sandboxer;

import org.jspecify.annotations.NullMarked;
