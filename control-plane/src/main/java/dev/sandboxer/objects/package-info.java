/** Objects that clients store besides sandboxes, such as Modal's apps, images and secrets. */
@NullMarked
package dev.sandboxer.objects;

import org.jspecify.annotations.NullMarked;
