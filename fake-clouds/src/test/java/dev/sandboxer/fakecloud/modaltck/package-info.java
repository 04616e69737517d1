/** The adapter for Modal against a cloud that speaks Modal's protocol: our own server. */
@NullMarked
package dev.sandboxer.fakecloud.modaltck;

import org.jspecify.annotations.NullMarked;
