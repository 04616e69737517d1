/** What clients keep here beside sandboxes, such as Modal's apps, images and secrets. */
@NullMarked
package dev.sandboxer.objects;

import org.jspecify.annotations.NullMarked;
