/**
 * The disks of sandboxes: the template, copies of it, snapshots, and their removal.
 */
@NullMarked
package dev.sandboxer.local.disk;

import org.jspecify.annotations.NullMarked;
