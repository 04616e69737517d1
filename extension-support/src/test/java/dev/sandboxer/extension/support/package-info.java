@NullMarked
package dev.sandboxer.extension.support;

import org.jspecify.annotations.NullMarked;
